// The whole page. Everything that belongs to one user lives in <Workspace> and starts anew with another user.
import { useEffect, useState } from "react";
import { Conversation } from "./channel/Conversation.jsx";
import { Thread } from "./channel/Thread.jsx";
import { Banner } from "./shell/Banner.jsx";
import { PlaceHeader } from "./shell/PlaceHeader.jsx";
import { Sidebar } from "./shell/Sidebar.jsx";
import { Toasts } from "./shell/Toasts.jsx";
import { api } from "./state/api.js";
import { channelName, channelOf, isAppPlace } from "./state/directory.js";
import { useRoute } from "./state/useRoute.js";
import { Sandbox, useSandbox, useSandboxState } from "./state/useSandbox.js";
import { Faults } from "./tools/Faults.jsx";
import { Traffic } from "./tools/Traffic.jsx";
import { AppHome } from "./views/AppHome.jsx";
import { Modal } from "./views/Modal.jsx";

function Waiting({ failure }) {
  return (
    <main className="waiting" role={failure ? "alert" : "status"}>
      {failure || "Opening the sandbox …"}
    </main>
  );
}

export function App() {
  const [route, change] = useRoute();
  const [user, setUser] = useState(route.user);
  const [panel, setPanel] = useState(null); // "traffic" | "faults" | null
  const [failure, setFailure] = useState("");
  useEffect(() => {
    if (!user) api.state().then((boot) => setUser(boot.user?.id || boot.user), (error) => setFailure(error.message));
  }, [user]);
  const current = route.user || user;
  if (!current) return <Waiting failure={failure} />;
  return <Workspace key={current} user={current} route={route} change={change} panel={panel} setPanel={setPanel} />;
}

function Workspace({ user, route, change, panel, setPanel }) {
  const sandbox = useSandboxState(user, route.place);
  if (!sandbox.boot) return <Waiting failure={sandbox.failure} />;
  const place = isAppPlace(route.place) ? route.place : channelOf(sandbox.boot, user, route.place)?.id;
  return (
    <Sandbox.Provider value={sandbox}>
      <Frame place={place} thread={route.thread} change={change} panel={panel} setPanel={setPanel} />
    </Sandbox.Provider>
  );
}

function Place({ place, channel, onPlace, onThread, onNavigation }) {
  if (isAppPlace(place)) {
    return <AppHome tab={place} onPlace={onPlace} onThread={onThread} onNavigation={onNavigation} />;
  }
  return (
    <>
      <PlaceHeader title={channel ? channelName(channel) : "No such channel"} onNavigation={onNavigation} />
      {channel && <Conversation key={channel.id} channel={channel} onThread={onThread} />}
    </>
  );
}

function Frame({ place, thread, change, panel, setPanel }) {
  const { boot, view, userId } = useSandbox();
  const [isNavigating, setNavigating] = useState(false); // on a phone: the sidebar over the page
  const channel = channelOf(boot, userId, place);
  const go = (next) => {
    setNavigating(false);
    change({ place: next, thread: "" });
  };
  const onThread = (ts) => change({ thread: ts });
  return (
    <div className="page">
      <Banner panel={panel} onPanel={setPanel} />
      <div className="page__columns">
        <Sidebar place={place} onPlace={go} onUser={(user) => change({ user, thread: "" })} isOpen={isNavigating} />
        <main className="place">
          <Place place={place} channel={channel} onPlace={go} onThread={onThread} onNavigation={() => setNavigating(true)} />
        </main>
        {thread && channel && <Thread key={thread} channel={channel} ts={thread} onClose={() => onThread("")} />}
        {panel === "traffic" && <Traffic onClose={() => setPanel(null)} />}
        {panel === "faults" && <Faults onClose={() => setPanel(null)} />}
      </div>
      <Modal />
      {!view && <Toasts />}
    </div>
  );
}
