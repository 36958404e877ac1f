// The three-dot menu of a section or actions block.
import { useContext } from "react";
import { ActionContext } from "./ActionScope.jsx";
import { isSafeUrl } from "./LibraryBlocks.jsx";
import { plain } from "./plain.js";
import { Menu } from "../shell/Menu.jsx";
import { Icon } from "../shell/Icon.jsx";

export function OverflowMenu({ block, element }) {
  const scope = useContext(ActionContext);
  const pick = (option) => {
    if (isSafeUrl(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    scope.send(block, element, option);
  };
  const items = element.options.map((option) => ({ key: option.value, label: plain(option.text), onPick: () => pick(option) }));
  return (
    <Menu label="More options" items={items} className="overflow">
      <Icon name="more" />
    </Menu>
  );
}
