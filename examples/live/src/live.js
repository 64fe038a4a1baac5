const find = (id) => document.getElementById(id);
const SIGNED_OUT = 4401;
const LONGEST_PAUSE = 30_000;

let socket;
let pause = 1_000;
let over = false;

// The end is the same whoever tells of it first: the stream, the socket, or a refusal to open either again.
function signedOut() {
  over = true;
  events.close();
  socket?.close();
  find("say").hidden = true;
  find("sign-out").hidden = true;
  find("ended").hidden = false;
  find("present").textContent = "Signed out";
}

const events = new EventSource("/events");
events.addEventListener("present", ({ data }) => {
  find("present").textContent = data === "1" ? "Nobody but you" : `${data} are here`;
});
events.addEventListener("signed-out", signedOut);
// The browser opens an interrupted stream again by itself. One that was refused is closed for good.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) signedOut();
  else find("present").textContent = "Connecting";
});

function connect() {
  if (over) return;
  socket = new WebSocket(new URL("/socket", location.href.replace(/^http/, "ws")));
  socket.addEventListener("open", () => { pause = 1_000; });
  socket.addEventListener("message", ({ data }) => {
    const line = document.createElement("li");
    line.textContent = data;
    find("said").append(line);
    line.scrollIntoView({ block: "nearest" });
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === SIGNED_OUT) return signedOut();
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  });
}
connect();

find("say").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(find("text").value);
  find("text").value = "";
});
