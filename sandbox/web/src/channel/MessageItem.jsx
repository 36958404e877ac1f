// One message.
import { ActionScope } from "../blocks/ActionScope.jsx";
import { Blocks } from "../blocks/Blocks.jsx";
import { RichText } from "../blocks/RichText.jsx";
import { Avatar } from "../shell/Avatar.jsx";
import { Icon } from "../shell/Icon.jsx";
import { authorOf } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { MessageTools } from "./MessageTools.jsx";
import { fullTime, timeOf } from "./time.js";

function Content({ message }) {
  const blocks = message.blocks || [];
  return (
    <>
      {blocks.length ? <Blocks blocks={blocks} /> : message.text && <RichText text={message.text} />}
      {(message.attachments || []).map((attachment, index) => (
        <div className="attachment" key={index}>
          {attachment.blocks ? <Blocks blocks={attachment.blocks} /> : <RichText text={attachment.text || attachment.fallback || ""} />}
        </div>
      ))}
    </>
  );
}

function ThreadButton({ replies, onOpen }) {
  const { boot } = useSandbox();
  if (!replies.length) return null;
  const authors = [...new Map(replies.map((reply) => [reply.user || reply.bot_id, authorOf(boot, reply)])).values()];
  return (
    <button type="button" className="thread-button" onClick={onOpen}>
      {authors.slice(0, 3).map((author) => (
        <Avatar key={author.id} {...author} size="tiny" />
      ))}
      {replies.length === 1 ? "1 reply" : `${replies.length} replies`}
    </button>
  );
}

export function MessageItem({ channel, message, replies = [], isCompact = false, onThread, locale }) {
  const { boot } = useSandbox();
  const author = authorOf(boot, message);
  const time = <time title={fullTime(message.ts, locale)}>{timeOf(message.ts, locale)}</time>;
  const blocks = [...(message.blocks || []), ...(message.attachments || []).flatMap((attachment) => attachment.blocks || [])];
  return (
    <article
      className={`message${isCompact ? " message--compact" : ""}${message.is_ephemeral ? " message--ephemeral" : ""}`}
      role="article"
      data-ts={message.ts}
      data-ephemeral={message.is_ephemeral || undefined}
      aria-label={`Message from ${author.name}`}
    >
      {isCompact ? <span className="message__gutter">{time}</span> : <Avatar {...author} />}
      <div className="message__body">
        {message.is_ephemeral && (
          <div className="only-you">
            <Icon name="eye" /> Only visible to you
          </div>
        )}
        {!isCompact && (
          <div className="message__head">
            <span className="message__author">{author.name}</span>
            {author.isApp && <span className="app-badge">APP</span>}
            {time}
          </div>
        )}
        <div className="message__content">
          <ActionScope container={{ type: "message", channel, ts: message.ts }} blocks={blocks}>
            <Content message={message} />
          </ActionScope>
          {message.edited && <span className="message__edited">(edited)</span>}
        </div>
        {onThread && <ThreadButton replies={replies} onOpen={() => onThread(message.ts)} />}
      </div>
      {!message.is_ephemeral && <MessageTools channel={channel} message={message} onThread={onThread} />}
    </article>
  );
}
