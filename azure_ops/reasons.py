"""Why something did not work, where the words are ours and not Azure's: keys of labels, told in the reader's language.

A reason stands in the value `why` of an error; the error's other values fill its placeholders. Anything else in `why`
is a sentence of Azure's, in Azure's words.
"""

from enum import StrEnum


class Why(StrEnum):
    """The labels "azure.why.*", which exist in every language; placeholders in braces."""

    # The way to Azure
    NO_ANSWER = "azure.why.no_answer"
    NO_ANSWER_WITHIN = "azure.why.no_answer_within"  # {seconds}
    INCOMPLETE = "azure.why.incomplete"
    DETAILS_LATE = "azure.why.details_late"
    STOPPING = "azure.why.stopping"
    CUT = "azure.why.cut"
    NO_CONNECTION = "azure.why.no_connection"
    NO_SUCH_HOST = "azure.why.no_such_host"
    NOT_TRUSTED = "azure.why.not_trusted"
    NOT_SECURE = "azure.why.not_secure"
    NO_PROXY = "azure.why.no_proxy"
    PROXY_REFUSES = "azure.why.proxy_refuses"
    PROXY_ADDRESS = "azure.why.proxy_address"
    ASKS_TO_WAIT = "azure.why.asks_to_wait"
    STILL_GOING_ON = "azure.why.still_going_on"
    # What Azure answered
    STATUS = "azure.why.status"  # {status}
    LEADS_ELSEWHERE = "azure.why.leads_elsewhere"  # {status}
    OTHER_HOST = "azure.why.other_host"  # {host}
    NO_JSON = "azure.why.no_json"
    NO_PAGE = "azure.why.no_page"
    NO_END = "azure.why.no_end"
    SAME_PAGE = "azure.why.same_page"
    ROWS_LEFT_OUT = "azure.why.rows_left_out"
    UNKNOWN_STATUS = "azure.why.unknown_status"  # {status}
    UNUSABLE = "azure.why.unusable"  # {kind}
    NO_OPERATION = "azure.why.no_operation"
    SEVERAL_ITEMS = "azure.why.several_items"  # {count}, {name}
    UNREADABLE_ITEMS = "azure.why.unreadable_items"  # {count}
    # Signing in
    TOKENS_SILENT = "azure.why.tokens_silent"
    TOKENS_SILENT_AT = "azure.why.tokens_silent_at"  # {host}
    TOKENS_TROUBLE = "azure.why.tokens_trouble"  # {status}
    TOKENS_TROUBLE_AT = "azure.why.tokens_trouble_at"  # {host}, {status}
    NO_TOKEN = "azure.why.no_token"  # noqa: S105 - the name of a label; {host}, {status}
    CLI_SILENT = "azure.why.cli_silent"
    TOKEN_REFUSED = "azure.why.token_refused"  # noqa: S105 - the name of a label
    NONE_WORKS = "azure.why.none_works"  # {tried}
    NO_CREDENTIAL = "azure.why.no_credential"
    NO_MANAGED_IDENTITY = "azure.why.no_managed_identity"
    NO_WORKLOAD_IDENTITY = "azure.why.no_workload_identity"
    NO_SERVICE_PRINCIPAL = "azure.why.no_service_principal"
    NO_CLI = "azure.why.no_cli"
    FILE_UNREADABLE = "azure.why.file_unreadable"  # {file}
    BAD_CERTIFICATE = "azure.why.bad_certificate"
    # What was about to be asked, and was not
    NOT_A_REQUEST = "azure.why.not_a_request"
    NOT_A_PATH = "azure.why.not_a_path"
    NOT_AN_ID = "azure.why.not_an_id"
    NOT_A_SUBSCRIPTION = "azure.why.not_a_subscription"
    NOT_AN_EXTENSION = "azure.why.not_an_extension"
    NOT_AN_OPERATION = "azure.why.not_an_operation"
    NOT_A_PLACE = "azure.why.not_a_place"
