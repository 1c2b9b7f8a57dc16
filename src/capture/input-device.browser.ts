/** The platform's microphones: takes one, and tells what becomes of it. What is done about that is decided elsewhere. */
import type { ListedInput, TakeResult } from '../../machines/capture.types.ts';
import { captureErrorOf, lost, unsupported } from './capture-errors.ts';
import type { DeviceName } from './capture.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';

export interface InputDeviceOptions {
  readonly constraints?: MediaTrackConstraints | undefined;
  readonly onDeviceLost: 'switch' | 'fail';
  readonly clock: Clock;
}

export interface InputDeviceHooks {
  /**
   * From now on this is to be heard; the one before is stopped when it returns.
   *
   * @throws where it cannot be: the one before is heard on.
   */
  onStream(stream: MediaStream): void;
  onLost(): void;
  onMuted(isMuted: boolean): void;
  /** Something was plugged in or out, or the default is another. */
  onListed(inputs: readonly ListedInput[]): void;
}

const NOWHERE: DeviceName = { id: '', label: '' };

export class InputDevice {
  readonly #options: InputDeviceOptions;
  readonly #hooks: InputDeviceHooks;
  readonly #listening = new AbortController();
  #stream: MediaStream | null = null;
  #device = NOWHERE;
  #hasHeard = false;
  #refusal: TenutoError = captureErrorOf(null);

  constructor(options: InputDeviceOptions, hooks: InputDeviceHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  /** The one that is heard, or was last. */
  get device(): DeviceName {
    return this.#device;
  }

  /** Why the last one could not be had. */
  get refusal(): TenutoError {
    return this.#refusal;
  }

  /** @throws TenutoError MICROPHONE_UNSUPPORTED */
  open(): void {
    const { isSecureContext, AudioContext } = globalThis as Partial<typeof globalThis>;
    const devices = devicesOf();
    const problem = unsupported(
      isSecureContext !== false,
      devices !== null && AudioContext !== undefined,
    );
    if (problem !== null) throw problem;
    const { signal } = this.#listening;
    devices?.addEventListener('devicechange', () => void this.#list(devices), { signal });
  }

  /** @param signal aborted: what comes is let go of. */
  async take(deviceId: string | null, signal: AbortSignal): Promise<TakeResult> {
    if (this.#isTheLast) return { ...this.#none(lost(0)), isRetryable: false };
    try {
      const stream = await this.#ask(deviceId);
      const [track] = stream.getAudioTracks();
      if (track === undefined || signal.aborted || this.#listening.signal.aborted) {
        stop(stream);
        return this.#none(captureErrorOf(null));
      }
      return this.#hear(stream, track);
    } catch (cause) {
      return this.#none(captureErrorOf(cause));
    }
  }

  /** Whether the microphone still hears: a page may have stopped its track without saying so. */
  look(): void {
    const [track] = this.#stream?.getAudioTracks() ?? [];
    if (track?.readyState === 'ended') this.#hooks.onLost();
  }

  /** Of what is heard now nothing more is wanted. */
  letGo(): void {
    stop(this.#stream);
    this.#stream = null;
  }

  close(): void {
    this.#listening.abort();
    this.letGo();
  }

  /** One was lost, and the application wants no other. */
  get #isTheLast(): boolean {
    return this.#hasHeard && this.#stream === null && this.#options.onDeviceLost === 'fail';
  }

  #ask(deviceId: string | null): Promise<MediaStream> {
    const { constraints = {} } = this.#options;
    const chosen = deviceId === null ? {} : { deviceId: { exact: deviceId } };
    const audio = { channelCount: 1, ...constraints, ...chosen };
    return navigator.mediaDevices.getUserMedia({ audio }); // as `open` found it
  }

  #hear(stream: MediaStream, track: MediaStreamTrack): TakeResult {
    try {
      this.#hooks.onStream(stream);
    } catch (cause) {
      stop(stream);
      return this.#none(captureErrorOf(cause));
    }
    stop(this.#stream);
    this.#stream = stream;
    this.#hasHeard = true;
    const { deviceId: id = '', groupId = '' } = track.getSettings();
    this.#device = { id, label: track.label };
    this.#listen(stream, track);
    const atMs = this.#options.clock.nowMs();
    return { device: { id, groupId, isMuted: track.muted }, isRetryable: true, atMs };
  }

  #listen(stream: MediaStream, track: MediaStreamTrack): void {
    const hooks = this.#hooks;
    const { signal } = this.#listening;
    const on = (type: string, tell: () => void): void => {
      const listener = (): void => {
        if (this.#stream === stream) tell();
      };
      track.addEventListener(type, listener, { signal });
    };
    on('ended', () => hooks.onLost());
    on('mute', () => hooks.onMuted(true));
    on('unmute', () => hooks.onMuted(false));
  }

  #none(refusal: TenutoError): TakeResult {
    this.#refusal = refusal;
    const { retryable: isRetryable } = refusal;
    return { device: null, isRetryable, atMs: this.#options.clock.nowMs() };
  }

  async #list(devices: MediaDevices): Promise<void> {
    const all = await devices.enumerateDevices().catch(() => []);
    if (this.#listening.signal.aborted) return;
    const inputs = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
    this.#hooks.onListed(inputs.map(({ deviceId: id, groupId }) => ({ id, groupId })));
  }
}

/** A page that did not come over https has none, whatever the types say. */
function devicesOf(): MediaDevices | null {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  return mediaDevices ?? null;
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
