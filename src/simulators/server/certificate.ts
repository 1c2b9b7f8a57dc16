/** A certificate that nobody has signed but itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What makes it takes longer to load than a simulator takes to start, and few of them need it. */
export async function selfSigned(): Promise<Certificate> {
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  return { key, cert };
}
