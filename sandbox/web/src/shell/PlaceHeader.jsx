// The line above a channel or the app: its name, its tabs, and on a phone the way back to the navigation.
import { Avatar } from "./Avatar.jsx";
import { Icon } from "./Icon.jsx";

export function PlaceHeader({ title, isApp, onNavigation, children }) {
  return (
    <header className="place-header">
      <div className="place-header__line">
        <button type="button" className="icon-button only-phone" aria-label="Open navigation" onClick={onNavigation}>
          <Icon name="bars" />
        </button>
        {isApp ? <Avatar name={title} isApp size="small" /> : <Icon name="hash" />}
        <h1>{title}</h1>
      </div>
      {children}
    </header>
  );
}
