// The library, compiled to WebAssembly: answers messages {id, name, args} with {id, answer}.
importScripts("wasm_exec.js");

const ready = (async () => {
  const go = new Go(), started = new Promise(resolve => { self.started = resolve; });
  const file = await fetch("flinktarget.wasm.gzip");
  if (!file.ok) throw new Error(`flinktarget.wasm.gzip: ${file.status} ${file.statusText}`);
  const code = new Response(file.body.pipeThrough(new DecompressionStream("gzip")),
    {headers: {"Content-Type": "application/wasm"}});
  const {instance} = await WebAssembly.instantiateStreaming(code, go.importObject);
  go.run(instance);
  await started;
})();
const failed = error => postMessage({failed: `the library stopped: ${error}`});
ready.then(() => postMessage({ready: true}), failed);

onmessage = ({data: {id, name, args}}) => ready
  .then(() => postMessage({id, answer: JSON.parse(self.flinktarget[name](...args))})).catch(failed);
