"""The addresses of the JSON API: the pages' own, under `/api/v1/`, and with the same names."""

from django.urls import path

from actors_app.actors import api as actors
from actors_app.actors import api_definitions as definitions
from actors_app.administration import api as administration
from actors_app.aliases import api as aliases
from actors_app.audit import api as activity
from actors_app.bulk import api as bulk
from actors_app.configs import api as configs
from actors_app.core.api import views as start
from actors_app.core.pages import converters  # noqa: F401  it names what stands in addresses
from actors_app.executions import api as executions
from actors_app.executions import api_comparison as comparison
from actors_app.executions import api_results as results
from actors_app.links import api as links
from actors_app.logs import api as logs
from actors_app.logs import api_archive as kept_logs
from actors_app.messages import api as messages
from actors_app.nonces import api as nonces
from actors_app.nonces import api_aliases as alias_nonces
from actors_app.nonces import api_hygiene as nonce_hygiene
from actors_app.overview import api as overview
from actors_app.permissions import api as permissions
from actors_app.schedules import api as schedules
from actors_app.search import api as search
from actors_app.state import api as state
from actors_app.workers import api as workers

app_name = "api"
ACTOR = "actors/<abaco:actor_id>/"
ALIAS = "aliases/<abaco:alias>/"
CONFIG = "configs/<abaco:config>/"
EXECUTION = f"{ACTOR}executions/<abaco:execution_id>/"

actor_paths = [
    path("actors/", actors.ActorList.as_view(), name="actor-list"),
    path(ACTOR, actors.ActorDetail.as_view(), name="actor-detail"),
    path(f"{ACTOR}schedule/", schedules.ActorSchedule.as_view(), name="schedule"),
    path(f"{ACTOR}state/", state.ActorState.as_view(), name="state"),
]

definition_paths = [
    path("definitions/", definitions.DefinitionImport.as_view(), name="definition-import"),
    path(f"{ACTOR}definition/", definitions.DefinitionFile.as_view(), name="definition"),
    path(f"{ACTOR}clone/", definitions.ActorClone.as_view(), name="actor-clone"),
    path(f"{ACTOR}revisions/", definitions.RevisionList.as_view(), name="revision-list"),
    path(f"{ACTOR}revisions/difference/", definitions.RevisionDifference.as_view(), name="revision-difference"),
    path(f"{ACTOR}revisions/<int:revision_id>/", definitions.RevisionDetail.as_view(), name="revision-detail"),
]

message_paths = [
    path(f"{ACTOR}messages/", messages.Messages.as_view(), name="messages"),
]

worker_paths = [
    path(f"{ACTOR}workers/", workers.WorkerList.as_view(), name="worker-list"),
    path(f"{ACTOR}workers/<abaco:worker_id>/", workers.WorkerDetail.as_view(), name="worker-detail"),
]

nonce_paths = [
    path(f"{ACTOR}nonces/", nonces.NonceList.as_view(), name="nonce-list"),
    path(f"{ACTOR}nonces/<handle:handle>/", nonces.NonceDetail.as_view(), name="nonce-detail"),
    path(f"{ACTOR}nonces/<handle:handle>/reveal/", nonces.NonceReveal.as_view(), name="nonce-reveal"),
]

alias_paths = [
    path("aliases/", aliases.AliasList.as_view(), name="alias-list"),
    path(ALIAS, aliases.AliasDetail.as_view(), name="alias-detail"),
    path(f"{ALIAS}nonces/", alias_nonces.AliasNonceList.as_view(), name="alias-nonce-list"),
    path(f"{ALIAS}nonces/<handle:handle>/", alias_nonces.AliasNonceDetail.as_view(), name="alias-nonce-detail"),
    path(f"{ALIAS}nonces/<handle:handle>/reveal/", alias_nonces.AliasNonceReveal.as_view(), name="alias-nonce-reveal"),
]

config_paths = [
    path("configs/", configs.ConfigList.as_view(), name="config-list"),
    path(CONFIG, configs.ConfigDetail.as_view(), name="config-detail"),
]

overall_paths = [
    path("nonces/", nonce_hygiene.NonceOverview.as_view(), name="nonce-overview"),
    path("workers/", administration.Workers.as_view(), name="all-workers"),
    path("utilization/", administration.Utilization.as_view(), name="utilization"),
    path("administration/", administration.Administration.as_view(), name="administration"),
    path("administration/actors/", administration.AdminActorList.as_view(), name="admin-actor-list"),
    path("schedules/", schedules.ScheduleList.as_view(), name="schedule-list"),
    path("overview/", overview.Overview.as_view(), name="overview"),
    path("mailboxes/", messages.MailboxList.as_view(), name="mailbox-list"),
    path("links/", links.LinkList.as_view(), name="link-list"),
    path("search/actors/", search.ActorSearch.as_view(), name="search-actors"),
    path("search/executions/", search.ExecutionSearch.as_view(), name="search-executions"),
    path("search/workers/", search.WorkerSearch.as_view(), name="search-workers"),
    path("search/logs/", search.LogSearch.as_view(), name="search-logs"),
]

permission_paths = [
    path(f"{ACTOR}permissions/", permissions.PermissionList.as_view(), name="permission-list"),
    path(f"{ALIAS}permissions/", permissions.PermissionList.as_view(), name="alias-permission-list"),
    path(f"{CONFIG}permissions/", permissions.PermissionList.as_view(), name="config-permission-list"),
]

replacing_paths = [
    path(f"{ACTOR}nonces/<handle:handle>/replace/", nonce_hygiene.NonceReplace.as_view(), name="nonce-replace"),
    path(f"{ACTOR}nonces/<handle:handle>/note/", nonce_hygiene.NonceNote.as_view(), name="nonce-note"),
    path(
        f"{ALIAS}nonces/<handle:handle>/replace/", nonce_hygiene.AliasNonceReplace.as_view(), name="alias-nonce-replace"
    ),
    path(f"{ALIAS}nonces/<handle:handle>/note/", nonce_hygiene.NonceNote.as_view(), name="alias-nonce-note"),
]

bulk_paths = [
    path("bulk/", bulk.BulkList.as_view(), name="bulk-list"),
    path("bulk/previews/", bulk.BulkPreview.as_view(), name="bulk-preview"),
    path("bulk/<handle:handle>/", bulk.BulkDetail.as_view(), name="bulk-detail"),
    path("bulk/<handle:handle>/step/", bulk.BulkStep.as_view(), name="bulk-step"),
    path("bulk/<handle:handle>/stop/", bulk.BulkStop.as_view(), name="bulk-stop"),
]

activity_paths = [
    path("activity/", activity.Activity.as_view(), name="activity-list"),
    path("activity/export/", activity.ActivityFile.as_view(), name="activity-export"),
    path("activity/<int:entry_id>/", activity.ActivityDetail.as_view(), name="activity-detail"),
    path("activity/<int:entry_id>/check/", activity.ActivityCheck.as_view(), name="activity-check"),
    path(f"{ACTOR}activity/", activity.ActorActivity.as_view(), name="actor-activity"),
]

execution_paths = [
    path("executions/", executions.History.as_view(), name="history"),
    path("executions/comparison/", comparison.Comparison.as_view(), name="comparison"),
    path("executions/export/", executions.HistoryFile.as_view(), name="history-export"),
    path(f"{ACTOR}executions/export/", executions.ExecutionFile.as_view(), name="execution-export"),
    path(f"{ACTOR}executions/", executions.ExecutionList.as_view(), name="execution-list"),
    path(EXECUTION, executions.ExecutionDetail.as_view(), name="execution-detail"),
    path(f"{EXECUTION}evidence/", executions.EvidencePack.as_view(), name="evidence-pack"),
    path(f"{EXECUTION}why/", executions.ExecutionWhy.as_view(), name="execution-why"),
    path(f"{EXECUTION}halt/", executions.ExecutionHalt.as_view(), name="execution-halt"),
    path(f"{EXECUTION}results/", results.ResultList.as_view(), name="result-list"),
    path(f"{EXECUTION}results/<int:result_id>/", results.ResultDetail.as_view(), name="result-detail"),
    path(f"{EXECUTION}logs/kept/", kept_logs.LogKept.as_view(), name="log-kept"),
    path(f"{EXECUTION}send-again/", messages.SendAgain.as_view(), name="send-again"),
    path(f"{EXECUTION}logs/", logs.ExecutionLogs.as_view(), name="execution-logs"),
]

urlpatterns = [
    path("", start.Start.as_view(), name="start"),
    path("schema/", start.schema_document, name="schema"),
    path("docs/", start.documentation, name="docs"),
    *actor_paths,
    *definition_paths,
    *message_paths,
    *worker_paths,
    *nonce_paths,
    *alias_paths,
    *config_paths,
    *overall_paths,
    *permission_paths,
    *replacing_paths,
    *bulk_paths,
    *execution_paths,
    *activity_paths,
]
