// Times of messages, in the way of the user's language.

const dateOf = (ts) => new Date(Number(ts) * 1000);

export const timeOf = (ts, locale) => dateOf(ts).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });

export const fullTime = (ts, locale) => dateOf(ts).toLocaleString(locale, { dateStyle: "full", timeStyle: "medium" });

export const sameDay = (a, b) => dateOf(a).toDateString() === dateOf(b).toDateString();

export function dayOf(ts, locale) {
  const now = String(Date.now() / 1000);
  if (sameDay(ts, now)) return locale.startsWith("nl") ? "Vandaag" : "Today";
  return dateOf(ts).toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
}
