// static_select and external_select, single and multi: a combobox with typed search.
import { useEffect, useId, useRef, useState } from "react";
import { plain } from "../blocks/plain.js";
import { Icon } from "../shell/Icon.jsx";
import { OptionList } from "./OptionList.jsx";
import { useFloating } from "./useFloating.js";
import { useOptions } from "./useOptions.js";

function useSelection(element, state, onChange) {
  const many = element.type.startsWith("multi_");
  const picked = many ? state.selected_options : [state.selected_option].filter(Boolean);
  const isPicked = (option) => picked.some((other) => other.value === option.value);
  const pick = (option) => {
    if (!many) return onChange({ ...state, selected_option: option });
    const rest = picked.filter((other) => other.value !== option.value);
    return onChange({ ...state, selected_options: isPicked(option) ? rest : [...picked, option] });
  };
  const clear = () => onChange({ ...state, selected_option: null });
  return { many, picked, isPicked, pick, clear };
}

function Chips({ picked, onRemove }) {
  return (
    <div className="chips">
      {picked.map((option) => (
        <button type="button" key={option.value} className="chip" onClick={() => onRemove(option)}>
          {plain(option.text)} <Icon name="close" />
          <span className="visually-hidden">Remove</span>
        </button>
      ))}
    </div>
  );
}

export function Select({ element, label, state, onChange, loadOptions, id, describedBy, invalid }) {
  const selection = useSelection(element, state, onChange);
  const [query, setQuery] = useState(null); // null: closed
  const [active, setActive] = useState(0);
  const box = useRef(null);
  const field = useRef(null);
  const listId = useId();
  const isOpen = query !== null;
  const { groups, hint } = useOptions(element, query || "", isOpen, loadOptions);
  const options = groups.flatMap((group) => group.options);
  const style = useFloating(box, isOpen);
  const single = selection.many ? null : selection.picked[0];

  useEffect(() => setActive(0), [query]);
  useEffect(() => {
    if (element.focus_on_load) field.current.focus();
  }, [element.focus_on_load]);

  const open = () => setQuery((before) => before ?? "");
  const close = () => setQuery(null);
  const pick = (option) => {
    selection.pick(option);
    if (selection.many) setQuery("");
    else close();
  };
  const move = (step) => {
    open();
    setActive((before) => Math.max(0, Math.min(options.length - 1, before + step)));
  };
  const onKeyDown = (event) => {
    const deed = {
      ArrowDown: () => (isOpen ? move(1) : open()),
      ArrowUp: () => move(-1),
      Enter: () => (isOpen && options[active] ? pick(options[active]) : open()),
      Escape: isOpen ? close : null,
    }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the modal around it
    deed();
  };
  return (
    <div className="select">
      {selection.many && <Chips picked={selection.picked} onRemove={selection.pick} />}
      <div className="select__box" ref={box}>
        <input
          ref={field}
          id={id}
          className="field select__field"
          role="combobox"
          aria-label={label}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && options[active] ? `${listId}-${active}` : undefined}
          autoComplete="off"
          placeholder={single ? plain(single.text) : plain(element.placeholder) || "Choose an option"}
          value={query ?? (single ? plain(single.text) : "")}
          onChange={(event) => setQuery(event.target.value)}
          onClick={open}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        {single ? (
          <button type="button" className="select__clear" aria-label={`Clear ${label}`} onClick={selection.clear}>
            <Icon name="close" />
          </button>
        ) : (
          <Icon name="chevron" className="select__chevron" />
        )}
      </div>
      {isOpen && style && (
        <OptionList
          id={listId}
          label={label}
          style={style}
          groups={groups}
          hint={hint}
          active={active}
          isPicked={selection.isPicked}
          onPick={pick}
          onPoint={setActive}
        />
      )}
    </div>
  );
}
