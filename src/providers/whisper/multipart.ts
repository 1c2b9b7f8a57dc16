/** A form with a file in it, as RFC 7578 has it. */
export interface Form {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly file: Uint8Array;
  readonly fileName: string;
  readonly fileType: string;
}

export interface FormBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();

/** @param boundary must not occur in the form: a name made for it alone will not. */
export function formBodyOf({ fields, file, fileName, fileType }: Form, boundary: string): FormBody {
  const head = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  head.push(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n`,
    `Content-Type: ${fileType}\r\n\r\n`,
  );
  const before = encoder.encode(head.join(''));
  const after = encoder.encode(`\r\n--${boundary}--\r\n`);
  const body = new Uint8Array(before.length + file.length + after.length);
  body.set(before);
  body.set(file, before.length);
  body.set(after, before.length + file.length);

  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
