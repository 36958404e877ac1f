// users_select, channels_select and conversations_select: a choice among what the workspace holds.
import { channelName, userName } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { plain } from "../blocks/plain.js";

export function PlaceSelect({ element, label, state, onChange, id, describedBy, invalid }) {
  const { boot } = useSandbox();
  const key = element.type.replace("s_select", "").replace(/^/, "selected_");
  const isUser = element.type === "users_select";
  const places = isUser ? boot.users : boot.channels;
  return (
    <select
      id={id}
      className="field"
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      value={state[key] ?? ""}
      onChange={(event) => onChange({ ...state, [key]: event.target.value || null })}
    >
      <option value="">{plain(element.placeholder) || "Choose"}</option>
      {places.map((place) => (
        <option key={place.id} value={place.id}>
          {isUser ? userName(place) : `# ${channelName(place)}`}
        </option>
      ))}
    </select>
  );
}
