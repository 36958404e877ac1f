// Workspace, channels, the app's Home and Messages, and who is looking.
import { appChannel, appName, channelName, isDutch, publicChannels, userName } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { Avatar } from "./Avatar.jsx";
import { Icon } from "./Icon.jsx";

function Entry({ isOn, isUnread, onPick, children }) {
  return (
    <li>
      <button
        type="button"
        className={`entry${isOn ? " entry--on" : ""}${isUnread ? " entry--unread" : ""}`}
        aria-current={isOn ? "page" : undefined}
        onClick={onPick}
      >
        {children}
      </button>
    </li>
  );
}

function UserSwitcher({ onUser }) {
  const { boot, userId } = useSandbox();
  const people = boot.users.filter((user) => !user.is_bot && user.id !== boot.app?.bot_user_id);
  const current = people.find((user) => user.id === userId);
  return (
    <label className="switcher">
      <Avatar id={userId} name={userName(current)} size="small" />
      <span className="switcher__text">
        <span className="switcher__caption">Signed in as</span>
        <select aria-label="Current user" value={userId} onChange={(event) => onUser(event.target.value)}>
          {people.map((user) => (
            <option key={user.id} value={user.id}>
              {userName(user)} ({isDutch(user) ? "Dutch" : "English"})
            </option>
          ))}
        </select>
      </span>
      <Icon name="chevron" />
    </label>
  );
}

export function Sidebar({ place, onPlace, onUser, isOpen }) {
  const { boot, userId, unread } = useSandbox();
  const direct = appChannel(boot, userId);
  return (
    <nav className={`sidebar${isOpen ? " sidebar--open" : ""}`} aria-label="Workspace">
      <div className="sidebar__team">{boot.team?.name || "Workspace"}</div>
      <div className="sidebar__lists">
        <h2 id="channels-heading">Channels</h2>
        <ul aria-labelledby="channels-heading">
          {publicChannels(boot).map((channel) => (
            <Entry key={channel.id} isOn={place === channel.id} isUnread={unread[channel.id]} onPick={() => onPlace(channel.id)}>
              <Icon name="hash" /> {channelName(channel)}
            </Entry>
          ))}
        </ul>
        <h2 id="apps-heading">Apps</h2>
        <div className="sidebar__app">
          <Avatar name={appName(boot)} isApp size="tiny" /> {appName(boot)}
        </div>
        <ul aria-labelledby="apps-heading">
          <Entry isOn={place === "home"} onPick={() => onPlace("home")}>
            <span className="entry__indent">Home</span>
          </Entry>
          <Entry isOn={place === "messages"} isUnread={direct && unread[direct.id]} onPick={() => onPlace("messages")}>
            <span className="entry__indent">Messages</span>
          </Entry>
        </ul>
      </div>
      <UserSwitcher onUser={onUser} />
    </nav>
  );
}
