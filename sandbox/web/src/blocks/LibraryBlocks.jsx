// Draws blocks with slack-blocks-to-jsx, with our links and names, and without what we do ourselves (clicks, plain text).
import { Component, useMemo } from "react";
import { Message } from "slack-blocks-to-jsx";
import { useSandbox } from "../state/useSandbox.js";
import { channelName, userName } from "../state/directory.js";
import { plain } from "./plain.js";
import { UnknownBlock } from "./UnknownBlock.jsx";

export const isSafeUrl = (url) => /^(https?:|mailto:|tel:)/i.test(url || "");

function Anchor({ href, className, children }) {
  if (!isSafeUrl(href)) return <span className={className}>{children}</span>;
  return (
    <a href={href} className={className} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

const hooks = {
  link: (props) => <Anchor {...props} />,
  // The library draws the bare name of an emoji that it does not know; Slack leaves :name: as typed.
  emoji: (emoji, draw) => (draw(emoji) === emoji.name ? `:${emoji.name}:` : draw(emoji)),
};

/** The library would read plain_text as Markdown, open links and ask for confirmation by itself: we do all three. */
function prepared(value) {
  if (Array.isArray(value)) return value.map(prepared);
  if (!value || typeof value !== "object") return value;
  if (value.type === "plain_text") return { ...value, text: plain(value), verbatim: true };
  if (value.type === "mrkdwn") return { ...value, text: inert(value.text) };
  const { confirm, ...rest } = value;
  if (value.type === "button") delete rest.url;
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, prepared(inner)]));
}

/** Numeric entities survive the library's own decoding as text; named ones would become live mentions and links. */
const inert = (text) => text.replace(/&lt;/g, "&#60;").replace(/&gt;/g, "&#62;");

class Guarded extends Component {
  state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  render() {
    return this.state.failed ? <UnknownBlock block={this.props.block} /> : this.props.children;
  }
}

/** One block. A block that the library cannot draw shows its JSON instead of breaking the page. */
export function LibraryBlock({ block }) {
  const { boot } = useSandbox();
  const data = useMemo(
    () => ({
      users: boot.users.map((user) => ({ id: user.id, name: userName(user), avatar: "" })),
      channels: boot.channels.map((channel) => ({ id: channel.id, name: channelName(channel) })),
      user_groups: boot.user_groups || [],
    }),
    [boot],
  );
  const blocks = useMemo(() => [prepared(block)], [block]);
  return (
    <Guarded block={block}>
      <Message withoutWrapper theme="light" name="" logo="" blocks={blocks} data={data} hooks={hooks} />
    </Guarded>
  );
}
