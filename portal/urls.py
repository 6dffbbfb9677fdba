"""The portal's addresses: the product, and the pages for what went wrong. Health is answered by a middleware."""

from django.urls import include, path

urlpatterns = [
    path("", include("actors_app.urls")),
    path("api/v1/", include("actors_app.api_urls")),
]

handler400 = "actors_app.core.pages.errors.bad_request"
handler403 = "actors_app.core.pages.errors.forbidden"
handler404 = "actors_app.core.pages.errors.not_found"
handler500 = "actors_app.core.pages.errors.server_error"
