// A thread: the first message, its replies, a composer.
import { SidePanel } from "../shell/SidePanel.jsx";
import { appName, channelName, isDirect } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { Composer } from "./Composer.jsx";
import { MessageItem } from "./MessageItem.jsx";

export function Thread({ channel, ts, onClose }) {
  const { boot, messages, userId } = useSandbox();
  const locale = boot.users.find((user) => user.id === userId)?.locale?.replace("_", "-") || "en-US";
  const all = messages[channel.id] || [];
  const root = all.find((message) => message.ts === ts);
  const replies = all.filter((message) => message.thread_ts === ts && message.ts !== ts);
  const name = isDirect(channel) ? appName(boot) : `#${channelName(channel)}`;
  return (
    <SidePanel title="Thread" note={name} onClose={onClose}>
      <div className="thread">
        {root && <MessageItem channel={channel.id} message={root} locale={locale} />}
        <div className="thread__count">
          <span>{replies.length === 1 ? "1 reply" : `${replies.length} replies`}</span>
        </div>
        {replies.map((reply) => (
          <MessageItem key={reply.ts} channel={channel.id} message={reply} locale={locale} />
        ))}
        <Composer channel={channel.id} thread={ts} label={`Reply to thread in ${name}`} placeholder="Reply…" sending={[]} />
      </div>
    </SidePanel>
  );
}
