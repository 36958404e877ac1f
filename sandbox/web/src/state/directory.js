// Looks up people, channels, commands and shortcuts in the answer of GET state, whatever optional keys it leaves out.

export const userName = (user) => user?.profile?.display_name || user?.real_name || user?.name || user?.id || "";

export const isDutch = (user) => (user?.locale || "").toLowerCase().startsWith("nl");

export const channelName = (channel) => channel?.name || channel?.id || "";

export const isDirect = (channel) => Boolean(channel?.is_im) || (channel?.id || "").startsWith("D");

export const publicChannels = (boot) => boot.channels.filter((channel) => !isDirect(channel));

/** The direct conversation of this user with the app, or undefined. */
export function appChannel(boot, userId) {
  const direct = boot.channels.filter(isDirect);
  return direct.find((channel) => channel.user === userId) || direct.find((c) => !c.user || !c.user.startsWith("U")) || direct[0];
}

export const isAppPlace = (place) => place === "home" || place === "messages";

/** The channel that a place ("home", "messages", a channel id) shows; the first one where this user sees no such channel. */
export function channelOf(boot, userId, place) {
  if (place === "messages") return appChannel(boot, userId);
  if (place === "home") return undefined;
  return boot.channels.find((channel) => channel.id === place) || publicChannels(boot)[0];
}

/** Whether this user can write to the app: its manifest may have no messages tab. */
export const isReadOnly = (boot, channel) => isDirect(channel) && boot.app?.messages_tab_enabled === false;

export const appName = (boot) => boot.app?.display_name || boot.app?.name || "App";

const commandName = (command) => (command.command.startsWith("/") ? command.command : `/${command.command}`);

export const commandsOf = (boot) => boot.commands.map((command) => ({ ...command, command: commandName(command) }));

export const shortcutsOf = (boot, type) => boot.shortcuts.filter((shortcut) => shortcut.type === type);

const isFromApp = (boot, message) =>
  Boolean(message.bot_id) || message.subtype === "bot_message" || message.user === boot.app?.bot_user_id;

/** Who wrote a message: {name, id, isApp}. */
export function authorOf(boot, message) {
  const user = boot.users.find((known) => known.id === message.user);
  const isApp = isFromApp(boot, message);
  const name = message.username || (isApp ? appName(boot) : userName(user)) || message.user || "Unknown";
  return { id: isApp ? message.bot_id || message.user : message.user, name, isApp };
}
