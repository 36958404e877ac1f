// The payloads that get a JSON Schema; each exported type becomes one file (build.mjs lists them).
// Slack's types are taken as they are, with two tightenings. `AnyBlock` and `KnownBlock | Block` would let any
// {type: string} pass, so blocks are narrowed to KnownBlock. `Record<string, unknown>` would let any key into
// the manifest, so there the index signature is dropped.
import type * as bolt from "@slack/bolt";
import type {
  AppHomeOpenedEvent,
  AppMentionEvent,
  AppUninstalledEvent,
  GenericMessageEvent,
  KnownBlock,
  LinkSharedEvent,
  MemberJoinedChannelEvent,
  HomeView as SlackHomeView,
  ModalView as SlackModalView,
  TokensRevokedEvent,
} from "@slack/types";
import type { ChatPostMessageArguments } from "@slack/web-api";
import type { Manifest as SlackManifest } from "@slack/web-api/dist/types/request/manifest.js";

type OnlyKnownBlocks<T> = T extends { blocks: unknown }
  ? Omit<T, "blocks"> & { blocks: KnownBlock[] }
  : T extends { blocks?: unknown }
    ? Omit<T, "blocks"> & { blocks?: KnownBlock[] }
    : T;
type WithKnownView<T extends { view?: unknown }> = Omit<T, "view"> & { view: OnlyKnownBlocks<bolt.ViewOutput> };
type NamedKeysOnly<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };
type Event =
  | AppHomeOpenedEvent
  | AppMentionEvent
  | AppUninstalledEvent
  | GenericMessageEvent
  | LinkSharedEvent
  | MemberJoinedChannelEvent
  | TokensRevokedEvent;

export type KnownBlocksPayload = KnownBlock[];
export type ModalViewPayload = OnlyKnownBlocks<SlackModalView>;
export type HomeViewPayload = OnlyKnownBlocks<SlackHomeView>;

export type SlashCommandPayload = bolt.SlashCommand;
export type BlockActionPayload = bolt.BlockAction;
export type BlockSuggestionPayload = bolt.BlockSuggestion;
export type ViewSubmissionPayload = WithKnownView<bolt.ViewSubmitAction>;
export type ViewClosedPayload = WithKnownView<bolt.ViewClosedAction>;
export type MessageShortcutPayload = bolt.MessageShortcut;
export type GlobalShortcutPayload = bolt.GlobalShortcut;
export type EventCallbackPayload = bolt.EnvelopedEvent<Event>;

export type ChatPostMessagePayload = OnlyKnownBlocks<ChatPostMessageArguments>;
// Omit on the union RespondArguments would make every branch's keys required, so the keys that matter are picked.
export type RespondPayload = Pick<
  bolt.RespondArguments,
  | "response_type"
  | "replace_original"
  | "delete_original"
  | "text"
  | "thread_ts"
  | "mrkdwn"
  | "unfurl_links"
  | "unfurl_media"
> & { blocks?: KnownBlock[] };
export type ViewAnswerPayload =
  | { response_action: "update" | "push"; view: ModalViewPayload }
  | bolt.ViewClearResponseAction
  | bolt.ViewErrorsResponseAction;
export type SuggestionAnswerPayload = bolt.BlockOptions | bolt.OptionGroups<bolt.BlockOptions>;

export type ManifestPayload = NamedKeysOnly<SlackManifest>;
