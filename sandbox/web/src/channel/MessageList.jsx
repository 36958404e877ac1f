// The messages of a channel, oldest first, with a line per day; replies stay in their threads.
import { useLayoutEffect, useRef } from "react";
import { useSandbox } from "../state/useSandbox.js";
import { Aside } from "./Aside.jsx";
import { MessageItem } from "./MessageItem.jsx";
import { dayOf, sameDay } from "./time.js";

const GROUPED_SECONDS = 300;
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const isBroadcast = (message) => message.subtype === "thread_broadcast" || message.reply_broadcast;

/** Whether a message is drawn without its own picture and name, under the one before it. */
function continues(message, before) {
  if (!before || before.text === undefined || message.is_ephemeral || before.is_ephemeral) return false;
  const sameAuthor = before.user === message.user && before.bot_id === message.bot_id;
  return sameAuthor && Number(message.ts) - Number(before.ts) < GROUPED_SECONDS && sameDay(message.ts, before.ts);
}

const isMine = (row, userId) => row.isAside || row.is_ephemeral || row.user === userId;

/** Keeps the end in sight while one is there, and jumps to it when the newest row is for this user. */
function useStickToEnd(rows, userId) {
  const box = useRef(null);
  const atEnd = useRef(true);
  const last = useRef(null);
  useLayoutEffect(() => {
    const newest = rows[rows.length - 1];
    const isNew = newest && newest.ts !== last.current;
    if (atEnd.current || (isNew && isMine(newest, userId))) box.current.scrollTop = box.current.scrollHeight;
    last.current = newest?.ts;
  });
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };
  return { ref: box, onScroll };
}

export function MessageList({ channel, messages, asides, onThread }) {
  const { boot, userId } = useSandbox();
  const locale = boot.users.find((user) => user.id === userId)?.locale?.replace("_", "-") || "en-US";
  const shown = (messages || []).filter((message) => !isReply(message) || isBroadcast(message));
  const repliesOf = (message) => (messages || []).filter((other) => isReply(other) && other.thread_ts === message.ts);
  const rows = [...shown, ...asides.map((aside) => ({ ...aside, isAside: true }))].sort((a, b) => Number(a.ts) - Number(b.ts));
  const scrolling = useStickToEnd(rows, userId);
  return (
    <div className="messages" {...scrolling} aria-label="Messages" role="log" aria-busy={messages === undefined}>
      <div className="messages__space" />
      {messages && rows.length === 0 && <p className="messages__empty">Nothing here yet.</p>}
      {rows.map((row, index) => {
        const before = rows[index - 1];
        const newDay = !before || !sameDay(row.ts, before.ts);
        return (
          <div key={row.isAside ? `aside-${row.id}` : row.ts}>
            {newDay && (
              <div className="day" role="separator">
                <span>{dayOf(row.ts, locale)}</span>
              </div>
            )}
            {row.isAside ? (
              <Aside aside={row} />
            ) : (
              <MessageItem
                channel={channel}
                message={row}
                replies={repliesOf(row)}
                isCompact={!newDay && !before.isAside && continues(row, before)}
                onThread={onThread}
                locale={locale}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}
