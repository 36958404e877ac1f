// Where one types: a message, or a slash command with completion; and the app's global shortcuts.
import { useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../shell/Icon.jsx";
import { Menu } from "../shell/Menu.jsx";
import { appName, commandsOf, shortcutsOf } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { CommandList } from "./CommandList.jsx";

function useGrowing(text) {
  const field = useRef(null);
  useLayoutEffect(() => {
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight, 220)}px`;
  }, [text]);
  return field;
}

/** The commands that complete what is typed; none once a space or a whole command stands there, or after Escape. */
function completions(boot, text, isDismissed) {
  if (isDismissed || !/^\/\S*$/.test(text)) return [];
  const found = commandsOf(boot).filter((command) => command.command.startsWith(text.toLowerCase()));
  return found.some((command) => command.command === text) ? [] : found;
}

function ShortcutMenu() {
  const { boot, shortcut } = useSandbox();
  const items = shortcutsOf(boot, "global").map((offered) => ({
    key: offered.callback_id,
    label: offered.name,
    note: offered.description || appName(boot),
    onPick: () => shortcut({ callback_id: offered.callback_id }),
  }));
  return (
    <Menu label="Shortcuts" items={items}>
      <Icon name="bolt" />
    </Menu>
  );
}

export function Composer({ channel, thread, label, placeholder, sending }) {
  const { boot, say } = useSandbox();
  const [text, setText] = useState("");
  const [isDismissed, setDismissed] = useState(false);
  const [active, setActive] = useState(0);
  const listId = useId();
  const field = useGrowing(text);
  const offered = completions(boot, text, isDismissed);

  const type = (next) => {
    setText(next);
    setDismissed(false);
    setActive(0);
  };
  const complete = (command) => {
    type(`${command.command} `);
    field.current.focus();
  };
  const send = () => {
    const body = text.trim();
    if (!body) return;
    type("");
    say(channel, body, thread);
  };
  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    const isOpen = offered.length > 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (isOpen && step) setActive((active + step + offered.length) % offered.length);
    else if (isOpen && (event.key === "Tab" || event.key === "Enter")) complete(offered[active]);
    else if (isOpen && event.key === "Escape") setDismissed(true);
    else if (event.key === "Enter" && !event.shiftKey) send();
    else return;
    event.preventDefault();
  };
  const suggest = () => {
    type("/");
    field.current.focus();
  };
  return (
    <div className="composer">
      {offered.length > 0 && <CommandList id={listId} commands={offered} active={active} onPick={complete} />}
      <div className="composer__box">
        <textarea
          ref={field}
          rows={1}
          aria-label={label}
          placeholder={placeholder || label}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          aria-autocomplete="list"
          aria-controls={offered.length ? listId : undefined}
          aria-activedescendant={offered.length ? `${listId}-${active}` : undefined}
        />
        <div className="composer__tools">
          <button type="button" className="icon-button" aria-label="Slash commands" title="Slash commands" onClick={suggest}>
            <Icon name="slash" />
          </button>
          {!thread && <ShortcutMenu />}
          <button type="button" className="send" aria-label="Send" disabled={!text.trim()} onClick={send}>
            <Icon name="send" />
          </button>
        </div>
      </div>
      <div className="composer__status" role="status">
        {sending.length > 0 && (
          <>
            <span className="spinner" aria-hidden="true" /> Sending {sending[sending.length - 1].text.split(/\s/)[0]} …
          </>
        )}
      </div>
    </div>
  );
}
