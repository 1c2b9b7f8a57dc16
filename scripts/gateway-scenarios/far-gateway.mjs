// A gateway for other machines: TLS, and bearers, without which it listens on none but its own.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { generate } = await import('selfsigned');

const SECRET = 'a secret for scenarios, and for nothing else';
const HOUR_S = 3_600;

/** What gateway and client are started with. */
export async function farSettings(address, folder) {
  const name = [{ name: 'commonName', value: address }];
  const extensions = [{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }];
  const { private: key, cert } = await generate(name, { extensions });
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  const config = join(folder, 'gateway.json');
  writeFileSync(config, JSON.stringify({ host: address, tls: { certFile, keyFile } }));
  return {
    gateway: {
      args: ['--config', config, '--auth', 'hs256:SCENARIO_SECRET'],
      env: { SCENARIO_SECRET: SECRET },
      base: `wss://${address}`,
    },
    client: {
      args: ['--token-env', 'SCENARIO_TOKEN'],
      env: { SCENARIO_TOKEN: bearerOf('somebody'), NODE_EXTRA_CA_CERTS: certFile },
    },
  };
}

/** RFC 7519, HS256. */
function bearerOf(sub) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + HOUR_S;
  const told = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub, exp })}`;
  return `${told}.${createHmac('sha256', SECRET).update(told).digest('base64url')}`;
}
