// Calls the library. It runs in a worker, so that typing never waits for it; if it stops,
// or takes too long, the next call starts another.
const seconds = 30;
const name = "worker.js";
const policy = globalThis.trustedTypes?.createPolicy("worker", {createScriptURL: () => name});
let current;

function start() {
  const worker = new Worker(policy ? policy.createScriptURL("") : name), waiting = new Map();
  const stop = why => {
    worker.terminate();
    if (current?.worker === worker) current = undefined;
    for (const {reject} of waiting.values()) reject(new Error(why));
  };
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => {
      if (data.ready) return performance.mark("ready"), resolve();
      if (data.failed) return reject(new Error(data.failed)), stop(data.failed);
      waiting.get(data.id)?.resolve(data.answer);
      waiting.delete(data.id);
    };
    worker.onerror = event => { reject(new Error(event.message)); stop("the library stopped: " + event.message); };
  });
  return {worker, waiting, ready, stop};
}

let calls = 0;

/** Promises what a function of the library returns. */
export async function ask(name, ...args) {
  const {worker, waiting, ready, stop} = current ??= start();
  await ready;
  const id = ++calls;
  const timer = setTimeout(() => stop(`the library took more than ${seconds} seconds`), 1000 * seconds);
  try {
    return await new Promise((resolve, reject) => {
      waiting.set(id, {resolve, reject});
      worker.postMessage({id, name, args});
    });
  } finally {
    clearTimeout(timer);
  }
}

current = start(); // the page is still loading
current.ready.catch(() => {}); // which ask reports
