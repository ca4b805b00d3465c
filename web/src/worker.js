// The program in its worker. Questions are answered in their order; a program that has ended answers none, and says
// what it wrote before it ended.
/* global Go, wasplug */

let written = "";
const utf8 = new TextDecoder();
// Go's support for the browser writes standard output and error by this function; the reason of a panic is among it.
globalThis.fs.writeSync = (_, bytes) => {
  written += utf8.decode(bytes);
  return bytes.length;
};

async function start(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(await unpacked(await response.arrayBuffer()), go.importObject);
  // main never returns while it can be asked, so that it does is a fault
  go.run(instance).then(ended, (error) => ended(error));
}

// unpacked are the bytes of the program, which a server may have unpacked already.
async function unpacked(bytes) {
  const head = new Uint8Array(bytes, 0, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function ended(error) {
  const fault = written.trim() || String(error || "it ended without a word");
  postMessage({ ended: fault.split("\n").slice(0, 3).join("\n") });
}

let running; // settled once the program can be asked, or cannot

onmessage = async ({ data }) => {
  if (data.start) running = start(data.start);
  try {
    await running;
  } catch (error) {
    postMessage({ unusable: String(error.message || error) });
    return;
  }
  if (data.start) {
    postMessage({ started: true });
    return;
  }
  try {
    const answer = wasplug(data.question, data.file);
    // undefined where the program ended while it was asked: ended has said so
    if (typeof answer === "string") postMessage({ id: data.id, answer });
  } catch (error) {
    ended(error);
  }
};
