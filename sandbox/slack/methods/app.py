"""auth.*, api.*, apps.*, team.* and bots.*: the app itself and where it is installed."""

from typing import Final

from sandbox.slack.methods.method import Arguments, Method, text
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, TEAM_NAME
from sandbox.slack.world import World


def auth_test(world: World, arguments: Arguments) -> Json:
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": world.workspace.users[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(world: World, arguments: Arguments) -> Json:
    args = {key: value for key, value in arguments.items() if key != "token"}
    if "error" in arguments:
        raise SlackError(text(arguments, "error"), args=args)
    return {"args": args}


def connections_open(world: World, arguments: Arguments) -> Json:
    return {"url": world.open_socket()}


def team_info(world: World, arguments: Arguments) -> Json:
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "example.com", "icon": {}}
    }


def bots_info(world: World, arguments: Arguments) -> Json:
    if text(arguments, "bot") not in ("", BOT_ID):
        raise SlackError("bot_not_found")
    bot: Json = {"id": BOT_ID, "deleted": False, "name": world.app.name, "updated": 1_700_000_000}
    return {"bot": bot | {"app_id": APP_ID, "user_id": BOT_USER, "icons": {}}}


METHODS: Final = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, caller="anyone"),
    "apps.connections.open": Method(connections_open, caller="app"),
    "team.info": Method(team_info, ("team:read",)),
    "bots.info": Method(bots_info, ("users:read",)),
}
