/** A server of this machine, for this machine. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { TenutoError } from '../../ports/errors.ts';

export const LOCAL_HOST = '127.0.0.1';

/**
 * @param option by which whoever started it chooses the port.
 * @returns the port; 0 asks for a free one.
 * @throws TenutoError PORT_IN_USE, OPTION_INVALID.
 */
export async function listenHere(http: Server, port: number, option = '--port'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(notListening(port, option, error));
    http.once('error', refuse);
    http.listen(port, LOCAL_HOST, () => {
      http.off('error', refuse);
      http.on('error', () => undefined); // running out of descriptors on accept costs that connection
      resolve();
    });
  });
  return (http.address() as AddressInfo).port;
}

/** When it settles nothing of it is left. */
export async function closeHere(http: Server): Promise<void> {
  await new Promise((resolve) => {
    http.close(resolve);
    http.closeAllConnections();
  });
}

function notListening(port: number, option: string, error: NodeJS.ErrnoException): TenutoError {
  const isInUse = error.code === 'EADDRINUSE';
  return new TenutoError({
    code: isInUse ? 'PORT_IN_USE' : 'OPTION_INVALID',
    message: isInUse
      ? `Port ${port} on ${LOCAL_HOST} is in use.`
      : `Nobody can listen on port ${port} (${error.code ?? error.message}).`,
    remediation: `Give another ${option}, or 0 for a free one.`,
    cause: error,
  });
}
