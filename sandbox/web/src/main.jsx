// Mounts the page.
import { createRoot } from "react-dom/client";
import "slack-blocks-to-jsx/dist/style.css";
import "./styles/page.css";
import "./styles/shell.css";
import "./styles/floating.css";
import "./styles/messages.css";
import "./styles/composer.css";
import "./styles/blocks.css";
import "./styles/inputs.css";
import "./styles/dialogs.css";
import "./styles/tools.css";
import { App } from "./App.jsx";

createRoot(document.getElementById("root")).render(<App />);
