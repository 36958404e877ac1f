// One channel: its messages and the composer.
import { appName, channelName, isDirect, isReadOnly } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { Composer } from "./Composer.jsx";
import { MessageList } from "./MessageList.jsx";

export function Conversation({ channel, onThread }) {
  const { boot, messages, asides, sending } = useSandbox();
  const label = isDirect(channel) ? `Message ${appName(boot)}` : `Message #${channelName(channel)}`;
  const here = (item) => item.channel === channel.id;
  return (
    <div className="conversation" role="tabpanel" aria-label={label.replace("Message ", "")}>
      <MessageList
        channel={channel.id}
        messages={messages[channel.id]}
        asides={asides.filter(here)}
        onThread={onThread}
      />
      {isReadOnly(boot, channel) ? (
        <p className="conversation__closed">Sending messages to this app has been turned off.</p>
      ) : (
        <Composer channel={channel.id} label={label} sending={sending.filter(here)} />
      )}
    </div>
  );
}
