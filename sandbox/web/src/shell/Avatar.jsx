// A picture for a person or an app, drawn from the name: nothing is fetched.

const colours = ["#1d7c8f", "#b0442c", "#3f6fb5", "#8a5a12", "#6b4ea0", "#2f7d4f"];

function colourOf(text = "") {
  const sum = [...text].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 9973, 7);
  return colours[sum % colours.length];
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
}

function CloudMark() {
  return (
    <svg viewBox="0 0 36 36" aria-hidden="true">
      <path d="M11 24.500h13.500a4.500 4.500 0 0 0 .6-8.960A7 7 0 0 0 11.700 14.200 5.200 5.200 0 0 0 11 24.500z" fill="#fff" />
      <path d="M18 27v-7.500m-3 2.800 3-3 3 3" fill="none" stroke="#0b6b4f" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export function Avatar({ id, name, isApp = false, size = "" }) {
  const style = { background: isApp ? "#0b6b4f" : colourOf(id || name) };
  return (
    <span className={`avatar ${size ? `avatar--${size}` : ""}`} style={style} aria-hidden="true">
      {isApp ? <CloudMark /> : initials(name)}
    </span>
  );
}
