"""The portal's addresses: health for machines, everything else is the product."""

from django.urls import include, path

from portal import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("actors_app.urls")),
]

handler400 = "actors_app.views.errors.bad_request"
handler403 = "actors_app.views.errors.forbidden"
handler404 = "actors_app.views.errors.not_found"
handler500 = "actors_app.views.errors.server_error"
