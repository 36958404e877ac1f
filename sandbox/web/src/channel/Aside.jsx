// A sentence that only this user sees, as Slackbot says it: "/backup-error failed with the error ...".
import { Icon } from "../shell/Icon.jsx";
import { useSandbox } from "../state/useSandbox.js";

export function Aside({ aside }) {
  const { closeAside } = useSandbox();
  return (
    <div className="aside" role={aside.level === "error" ? "alert" : "status"}>
      <span className="avatar aside__avatar" aria-hidden="true">
        <Icon name="alert" />
      </span>
      <div className="message__body">
        <div className="only-you">
          <Icon name="eye" /> Only visible to you
        </div>
        <div className="message__head">
          <span className="message__author">Slackbot</span>
        </div>
        <div className="aside__text">
          {aside.text}{" "}
          <button type="button" className="link-button" onClick={() => closeAside(aside.id)}>
            Dismiss
          </button>
        </div>
      </div>
    </div>
  );
}
