// Every request and answer between the sandbox and the bot, newest first, with its JSON.
import { useState } from "react";
import { SidePanel } from "../shell/SidePanel.jsx";
import { useSandbox } from "../state/useSandbox.js";

const directions = {
  to_bot: ["→ bot", "Slack asks the bot"],
  from_bot: ["← bot", "the bot asks Slack"],
  answer: ["answer", "the bot answers later, by a response URL"],
};

const shortPath = (path = "") => path.replace(/^https?:\/\/[^/]+/, "").replace(/^\/api\//, "");

function Json({ title, value }) {
  if (value === undefined || value === null || value === "") return null;
  return (
    <section className="json" aria-label={title}>
      <h3>{title}</h3>
      <pre tabIndex={0}>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}

function statusClass(entry) {
  const refused = entry.response && entry.response.ok === false;
  if (entry.status >= 400 || refused || entry.status === 0) return "status status--bad";
  return entry.status ? "status status--good" : "status";
}

function Entry({ entry, isOpen, onToggle }) {
  const [mark, meaning] = directions[entry.direction] || [entry.direction, ""];
  return (
    <li className={`entry-row entry-row--${entry.direction}`}>
      <button type="button" className="entry-row__line" aria-expanded={isOpen} onClick={onToggle}>
        <span className="entry-row__direction" title={meaning}>
          {mark}
        </span>
        <span className="entry-row__what">
          <strong>{entry.kind}</strong> {shortPath(entry.path) === entry.kind ? "" : shortPath(entry.path)}
        </span>
        <span className={statusClass(entry)}>{entry.status ?? "…"}</span>
        <span className="entry-row__time">{entry.elapsed_ms === undefined || entry.elapsed_ms === null ? "" : `${Math.round(entry.elapsed_ms)} ms`}</span>
      </button>
      {isOpen && (
        <div className="entry-row__detail">
          <div className="entry-row__facts">
            #{entry.n} · {entry.method} {entry.path}
          </div>
          <Json title="Request" value={entry.request} />
          <Json title="Answer" value={entry.response} />
        </div>
      )}
    </li>
  );
}

export function Traffic({ onClose }) {
  const { traffic } = useSandbox();
  const [open, setOpen] = useState(null);
  const [wanted, setWanted] = useState("");
  const shown = traffic.filter((entry) => JSON.stringify(entry).toLowerCase().includes(wanted.toLowerCase()));
  return (
    <SidePanel title="Traffic" note={`${traffic.length} ${traffic.length === 1 ? "request" : "requests"}`} onClose={onClose}>
      <div className="tool-bar">
        <input
          className="field"
          type="search"
          aria-label="Filter traffic"
          placeholder="Filter, e.g. views.open or backup-error"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </div>
      <ul className="traffic" aria-label="Requests">
        {shown.length === 0 && <li className="traffic__empty">Nothing yet. Send a command, then look here.</li>}
        {[...shown].reverse().map((entry) => (
          <Entry key={entry.n} entry={entry} isOpen={open === entry.n} onToggle={() => setOpen(open === entry.n ? null : entry.n)} />
        ))}
      </ul>
    </SidePanel>
  );
}
