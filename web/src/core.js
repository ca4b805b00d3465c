import workerText from "worker-text";

// The policy of the page holds for the worker, too, as it is made of a blob and not of an address: so nothing in it
// can reach another server.
const workerAddress = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));

const mostRestarts = 3; // without a question between them
const neverStarted = "the browser does not start its worker. Where the web server sets a Content-Security-Policy, "
  + "that needs worker-src blob: and script-src 'self' 'wasm-unsafe-eval'";

// A Core asks the program, which runs in a worker so that typing never waits. A program that ends by a fault of its
// own, or is stopped, is started again; what was asked meanwhile is refused with the reason. One that cannot start, or
// ends again and again without being asked, is given up.
export class Core {
  constructor(address, onState) {
    this.address = address;
    this.onState = onState; // is called with "loading", "ready", "busy", "unusable" or "restarted", and a reason
    this.broken = ""; // why it cannot run at all
    this.next = 0;
    this.restarts = 0; // since the last question
    this.start();
  }

  start() {
    this.open = new Map();
    this.started = false;
    this.worker = new Worker(workerAddress);
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.ended(event.message || (this.started ? "the worker failed" : neverStarted));
    this.worker.postMessage({ start: this.address });
    this.onState("loading", "");
  }

  // ask returns the answer to a question about a file, its bytes.
  // A question that is asked before the program has started waits in the worker.
  ask(question, file) {
    if (this.broken) return Promise.reject(new Error(this.broken));
    this.restarts = 0;
    return new Promise((resolve, reject) => {
      const id = ++this.next;
      this.open.set(id, { resolve, reject });
      this.worker.postMessage({ id, question: JSON.stringify(question), file });
      this.onState("busy", "");
    });
  }

  receive(data) {
    if (data.started) {
      this.started = true;
      if (this.open.size === 0) this.onState("ready", "");
    } else if (data.unusable) {
      this.giveUp(data.unusable);
    } else if (data.ended) {
      this.ended(data.ended);
    } else {
      this.open.get(data.id).resolve(JSON.parse(data.answer));
      this.open.delete(data.id);
      if (this.open.size === 0) this.onState("ready", "");
    }
  }

  ended(reason) {
    if (this.started && this.restarts++ < mostRestarts) this.restart(reason);
    else this.giveUp(reason);
  }

  giveUp(reason) {
    this.worker.terminate();
    this.broken = reason;
    this.refuse(reason);
    this.onState("unusable", reason);
  }

  // restart ends the program and starts it anew.
  // What was open is refused before the new worker is there: it will never be answered.
  restart(reason) {
    this.worker.terminate();
    this.refuse(reason);
    this.start();
    this.onState("restarted", reason);
  }

  refuse(reason) {
    for (const { reject } of this.open.values()) reject(new Error(reason));
    this.open.clear();
  }
}
