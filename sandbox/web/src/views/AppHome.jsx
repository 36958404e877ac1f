// The app's two tabs: Home (its published view) and Messages (the direct conversation).
import { useEffect } from "react";
import { ActionScope } from "../blocks/ActionScope.jsx";
import { Blocks } from "../blocks/Blocks.jsx";
import { Conversation } from "../channel/Conversation.jsx";
import { PlaceHeader } from "../shell/PlaceHeader.jsx";
import { appChannel, appName } from "../state/directory.js";
import { useSandbox } from "../state/useSandbox.js";
import { useForm } from "./useForm.js";

function HomeView({ view }) {
  const form = useForm(view, {});
  return (
    <ActionScope container={{ type: "view", view_id: view.id }} blocks={view.blocks} form={form}>
      <Blocks blocks={view.blocks} />
    </ActionScope>
  );
}

function Home() {
  const { home, openHome, boot } = useSandbox();
  useEffect(() => {
    openHome();
  }, [openHome]);
  return (
    <div className="home" role="tabpanel" aria-label="Home">
      {home ? (
        <HomeView view={home} key={home.id} />
      ) : (
        <p className="home__empty">{appName(boot)} has not published a Home tab for this user.</p>
      )}
    </div>
  );
}

function Tab({ label, isOn, onPick }) {
  return (
    <button type="button" role="tab" aria-selected={isOn} className="tab" onClick={onPick}>
      {label}
    </button>
  );
}

export function AppHome({ tab, onPlace, onThread, onNavigation }) {
  const { boot, userId } = useSandbox();
  const channel = appChannel(boot, userId);
  return (
    <>
      <PlaceHeader onNavigation={onNavigation} title={appName(boot)} isApp>
        <div role="tablist" aria-label={appName(boot)} className="tabs">
          <Tab label="Home" isOn={tab === "home"} onPick={() => onPlace("home")} />
          <Tab label="Messages" isOn={tab === "messages"} onPick={() => onPlace("messages")} />
        </div>
      </PlaceHeader>
      {tab === "home" && <Home />}
      {tab === "messages" && channel && <Conversation key={channel.id} channel={channel} onThread={onThread} />}
      {tab === "messages" && !channel && <p className="home__empty">This user has no conversation with the app yet.</p>}
    </>
  );
}
