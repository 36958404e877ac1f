// The page's few icons, drawn with strokes.

const paths = {
  close: "M5 5l10 10M15 5L5 15",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  chevron: "M5 8l5 5 5-5",
  back: "M12.5 4l-6 6 6 6",
  bars: "M3 5.5h14M3 10h14M3 14.5h14",
  send: "M3.5 3.5l14 6.5-14 6.5 2-6.5zM5.5 10h6",
  bolt: "M11 2.5L4.5 11.5h5l-.8 6 6.8-9h-5z",
  slash: "M12.5 3.5l-5 13",
  reply: "M3.5 4h13v9.5h-8l-3.5 3v-3H3.5z",
  eye: "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.500 15.500 10 15.500 1.500 10 1.500 10zM10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  alert: "M10 3l7.500 13.500h-15zM10 8v4M10 14.300v.01",
  traffic: "M3 7h13l-3-3M17 13H4l3 3",
  fault: "M10 2.500v6M6 4.500a7 7 0 1 0 8 0",
  reset: "M4 10a6 6 0 1 0 2-4.500L4 7.500M4 3.500v4h4",
  hash: "M8 3L6 17M14 3l-2 14M3.500 7.500h14M2.500 12.500h14",
};

export function Icon({ name, className = "" }) {
  return (
    <svg className={`icon icon--${name} ${className}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
