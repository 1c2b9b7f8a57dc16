// A process that is asked and answers.
import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @param options env: added to ours; execArgv: for node. */
export function startChild(file, { env = {}, execArgv = [] } = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { ...process.env, ...env },
    execArgv,
    serialization: 'advanced',
  });
  const waiting = new Map();
  let lastId = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(result);
    else reject?.(new Error(`${file}: ${error}`));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`${file} ended with ${String(code)}`));
    }
    waiting.clear();
  });
  return {
    ask(type, message = {}) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ id, type, ...message });
      });
    },
    stop() {
      if (child.connected) child.disconnect();
      return new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        else child.once('exit', resolve);
      });
    },
  };
}

/** The other side: handlers by the type of what is asked. */
export function answer(handlers) {
  process.on('message', async ({ id, type, ...rest }) => {
    try {
      process.send({ id, result: await handlers[type](rest) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}
