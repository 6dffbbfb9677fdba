"""The addresses of the product: one list of paths per resource."""

from django.urls import include, path

from actors_app.account import views as account
from actors_app.account import views_sign_in as sign_in
from actors_app.account import views_sign_in_code as sign_in_code
from actors_app.actors import views as actors
from actors_app.actors import views_changes as actor_changes
from actors_app.actors import views_revisions as revisions
from actors_app.administration import views as administration
from actors_app.aliases import views as aliases
from actors_app.audit import views as activity
from actors_app.audit import views_verify as trail
from actors_app.bulk import views as bulk
from actors_app.bulk import views_actors as bulk_actors
from actors_app.bulk import views_executions as bulk_executions
from actors_app.configs import views as configs
from actors_app.core.pages import converters  # noqa: F401  it names what stands in addresses
from actors_app.core.pages import views as helping
from actors_app.core.pages import views as places
from actors_app.executions import views as execution
from actors_app.executions import views_comparison as comparison
from actors_app.executions import views_evidence as evidence
from actors_app.executions import views_results as results
from actors_app.history import views as history
from actors_app.history import views_saved as saved_views
from actors_app.links import views as links
from actors_app.logs import views as logs
from actors_app.logs import views_archive as kept_logs
from actors_app.messages import views as messages
from actors_app.messages import views_mailboxes as mailboxes
from actors_app.nonces import views as nonces
from actors_app.nonces import views_hygiene as nonce_hygiene
from actors_app.overview import views as overview
from actors_app.permissions import views as permissions
from actors_app.reports import views as reports
from actors_app.schedules import views as schedules
from actors_app.search import views as search
from actors_app.search import views_palette as palette
from actors_app.state import views as state
from actors_app.workers import views as workers

app_name = "actors"

sign_in_paths = [
    path("sign-in/", sign_in.sign_in_password, name="sign-in"),
    path("sign-in/code/", sign_in_code.sign_in_code, name="sign-in-code"),
    path("sign-in/callback/", sign_in_code.sign_in_callback, name="sign-in-callback"),
    path("sign-in/token/", sign_in.sign_in_token, name="sign-in-token"),
    path("sign-out/", sign_in.sign_out_view, name="sign-out"),
]

account_paths = [
    path("account/", account.account, name="account"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/theme/", account.theme, name="theme"),
    path("account/columns/", account.execution_columns, name="execution-columns"),
    path("account/favorites/", account.favorites, name="favorites"),
    path("account/log-wrap/", logs.log_wrap, name="log-wrap"),
    path("account/read-only/", account.session_read_only, name="session-read-only"),
    path("account/sessions/end-others/", account.session_end_others, name="session-end-others"),
    path("account/sessions/<handle:handle>/end/", account.session_end, name="session-end"),
]

activity_paths = [
    path("activity/", activity.activity_list, name="activity-list"),
    path("activity/verify/", trail.trail_verify, name="trail-verify"),
    path("activity/head.json", trail.trail_head, name="trail-head"),
    path("activity/<int:entry_id>/", activity.activity_detail, name="activity-detail"),
    path("activity/<int:entry_id>/check/", activity.activity_check, name="activity-check"),
]

actor_paths = [
    path("", actors.actor_detail, name="actor-detail"),
    path("configuration/", actors.actor_configuration, name="actor-configuration"),
    path("edit/", actor_changes.actor_update, name="actor-update"),
    path("restart/", actor_changes.actor_restart, name="actor-restart"),
    path("revisions/", revisions.revision_list, name="revision-list"),
    path("definition.json", revisions.definition_download, name="definition-download"),
    path("delete/", actor_changes.actor_delete, name="actor-delete"),
    path("activity/", activity.actor_activity, name="actor-activity"),
    path("aliases/", aliases.actor_aliases, name="alias-of-actor"),
    path("schedule/", schedules.schedule_update, name="schedule-update"),
    path("state/", state.state_detail, name="state-detail"),
    path("state/edit/", state.state_update, name="state-update"),
    path("state/reset/", state.state_reset, name="state-reset"),
    path("configs/", configs.actor_configs, name="config-of-actor"),
]

message_paths = [
    path("messages/", messages.message_create, name="message-create"),
    path("messages/preview/", messages.message_preview, name="message-preview"),
    path("messages/purge/", messages.message_purge, name="message-purge"),
]

worker_paths = [
    path("workers/", workers.worker_list, name="worker-list"),
    path("workers/<abaco:worker_id>/", workers.worker_detail, name="worker-detail"),
    path("workers/<abaco:worker_id>/stop/", workers.worker_stop, name="worker-stop"),
]

nonce_paths = [
    path("nonces/", nonces.nonce_list, name="nonce-list"),
    path("nonces/<handle:handle>/", nonces.nonce_detail, name="nonce-detail"),
    path("nonces/<handle:handle>/reveal/", nonces.nonce_reveal, name="nonce-reveal"),
    path("nonces/<handle:handle>/delete/", nonces.nonce_delete, name="nonce-delete"),
    path("nonces/<handle:handle>/note/", nonces.nonce_note, name="nonce-note"),
    path("nonces/<handle:handle>/replace/", nonce_hygiene.nonce_replace, name="nonce-replace"),
]

alias_paths = [
    path("aliases/", aliases.alias_list, name="alias-list"),
    path("new/alias/", aliases.alias_create, name="alias-create"),
    path("aliases/<abaco:alias>/", aliases.alias_detail, name="alias-detail"),
    path("aliases/<abaco:alias>/edit/", aliases.alias_update, name="alias-update"),
    path("aliases/<abaco:alias>/delete/", aliases.alias_delete, name="alias-delete"),
    path("aliases/<abaco:alias>/nonces/", nonces.alias_nonce_list, name="alias-nonce-list"),
    path("aliases/<abaco:alias>/nonces/<handle:handle>/", nonces.alias_nonce_detail, name="alias-nonce-detail"),
    path("aliases/<abaco:alias>/nonces/<handle:handle>/reveal/", nonces.alias_nonce_reveal, name="alias-nonce-reveal"),
    path("aliases/<abaco:alias>/nonces/<handle:handle>/delete/", nonces.alias_nonce_delete, name="alias-nonce-delete"),
    path("aliases/<abaco:alias>/nonces/<handle:handle>/note/", nonces.alias_nonce_note, name="alias-nonce-note"),
    path(
        "aliases/<abaco:alias>/nonces/<handle:handle>/replace/",
        nonce_hygiene.alias_nonce_replace,
        name="alias-nonce-replace",
    ),
]

config_paths = [
    path("configs/", configs.config_list, name="config-list"),
    path("new/config/", configs.config_create, name="config-create"),
    path("configs/<abaco:config>/", configs.config_detail, name="config-detail"),
    path("configs/<abaco:config>/edit/", configs.config_update, name="config-update"),
    path("configs/<abaco:config>/delete/", configs.config_delete, name="config-delete"),
]

permission_paths = [
    path("permissions/", permissions.permission_list, name="permission-list"),
    path("permissions/change/", permissions.permission_change, name="permission-change"),
]

# The permissions of aliases and configs are pages of the same component.
more_permission_paths = [
    path("aliases/<abaco:alias>/permissions/", permissions.permission_list, name="alias-permission-list"),
    path("aliases/<abaco:alias>/permissions/change/", permissions.permission_change, name="alias-permission-change"),
    path("configs/<abaco:config>/permissions/", permissions.permission_list, name="config-permission-list"),
    path("configs/<abaco:config>/permissions/change/", permissions.permission_change, name="config-permission-change"),
]

execution_paths = [
    path("executions/", history.execution_list, name="execution-list"),
    path("executions/new/", execution.execution_create, name="execution-create"),
    path("executions/<abaco:execution_id>/", execution.execution_detail, name="execution-detail"),
    path("executions/<abaco:execution_id>/evidence/", evidence.evidence_pack, name="evidence-pack"),
    path("executions/<abaco:execution_id>/status/", execution.execution_status, name="execution-status"),
    path("executions/<abaco:execution_id>/why/", execution.execution_why, name="execution-why"),
    path("executions/<abaco:execution_id>/newer/", execution.execution_newer, name="execution-newer"),
    path("executions/<abaco:execution_id>/older/", execution.execution_older, name="execution-older"),
    path("executions/<abaco:execution_id>/halt/", execution.execution_halt, name="execution-halt"),
    path("executions/<abaco:execution_id>/logs/", logs.execution_logs, name="execution-logs"),
    path("executions/<abaco:execution_id>/logs/keep/", kept_logs.log_keep, name="log-keep"),
    path("executions/<abaco:execution_id>/logs/keep/delete/", kept_logs.log_forget, name="log-forget"),
    path("executions/<abaco:execution_id>/results/", results.result_take, name="result-take"),
    path(
        "executions/<abaco:execution_id>/results/<int:result_id>/",
        results.result_download,
        name="result-download",
    ),
]

history_paths = [
    path("executions/picked/", bulk_executions.executions_picked, name="executions-picked"),
    path("executions/views/", saved_views.view_list, name="view-list"),
    path("executions/views/<handle:handle>/", saved_views.view_open, name="view-open"),
    path("executions/views/<handle:handle>/rename/", saved_views.view_rename, name="view-rename"),
    path("executions/views/<handle:handle>/delete/", saved_views.view_delete, name="view-delete"),
]

bulk_paths = [
    path("bulk/", bulk.bulk_list, name="bulk-list"),
    path("bulk/actors/", bulk_actors.actor_bulk_create, name="actor-bulk-create"),
    path("bulk/executions/", bulk_executions.bulk_create, name="bulk-create"),
    path("bulk/<handle:handle>/", bulk.bulk_detail, name="bulk-detail"),
    path("bulk/<handle:handle>/stop/", bulk.bulk_stop, name="bulk-stop"),
]

administration_paths = [
    path("administration/", administration.administration, name="administration"),
    path("workers/", administration.all_workers, name="all-workers"),
]

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("mailboxes/", mailboxes.mailbox_list, name="mailbox-list"),
    path("places/", places.places, name="places"),
    path("help/", helping.help_page, name="help"),
    *sign_in_paths,
    *account_paths,
    *activity_paths,
    path("compare/", comparison.comparison, name="comparison"),
    path("executions/", history.history, name="history"),
    path("executions/evidence/", evidence.evidence_set, name="evidence-set"),
    path("evidence/", evidence.evidence_verify, name="evidence-verify"),
    path("reports/", reports.report, name="report"),
    *history_paths,
    *bulk_paths,
    path("schedules/", schedules.schedule_list, name="schedule-list"),
    path("nonces/", nonce_hygiene.nonce_overview, name="nonce-overview"),
    path("search/", search.search, name="search"),
    path("palette/", palette.palette, name="palette"),
    path("links/", links.link_list, name="link-list"),
    *alias_paths,
    *config_paths,
    *more_permission_paths,
    *administration_paths,
    path("actors/", actors.actor_list, name="actor-list"),
    path("actors/new/", actor_changes.actor_create, name="actor-create"),
    path(
        "actors/<abaco:actor_id>/",
        include([*actor_paths, *message_paths, *worker_paths, *nonce_paths, *permission_paths, *execution_paths]),
    ),
]
