// What one can do with a message: reply in its thread, run a message shortcut. Seen on hover, on focus, and on touch.
import { Icon } from "../shell/Icon.jsx";
import { Menu } from "../shell/Menu.jsx";
import { appName, shortcutsOf } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";

export function MessageTools({ channel, message, onThread }) {
  const { boot, shortcut } = useSandbox();
  const reply = () => onThread(message.thread_ts || message.ts);
  const replying = onThread ? [{ key: "reply", label: "Reply in thread", onPick: reply }] : [];
  const offers = shortcutsOf(boot, "message").map((offered) => ({
    key: offered.callback_id,
    label: offered.name,
    note: appName(boot),
    onPick: () => shortcut({ callback_id: offered.callback_id, channel, ts: message.ts }),
  }));
  return (
    <div className="message__tools" role="group" aria-label="Message actions">
      {onThread && (
        <button
          type="button"
          className="icon-button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={reply}
        >
          <Icon name="reply" />
        </button>
      )}
      <Menu label="More actions" items={[...replying, ...offers]}>
        <Icon name="more" />
      </Menu>
    </div>
  );
}
