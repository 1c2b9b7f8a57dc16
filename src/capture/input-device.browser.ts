/**
 * One microphone at a time, and always one where that can be: what is unplugged is followed by the default one, and a
 * default that moves is followed to where it went.
 */
import { captureErrorOf, lost, unsupported } from './capture-errors.ts';
import type { DeviceName } from './capture.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';

export interface InputDeviceOptions {
  readonly deviceId?: string | undefined;
  readonly constraints?: MediaTrackConstraints | undefined;
  readonly onDeviceLost: 'switch' | 'fail';
  /** How long another device is waited for. */
  readonly lossTimeoutMs: number;
  readonly clock: Clock;
}

export interface InputDeviceHooks {
  /** From now on this is to be heard; the one before is stopped when it returns. */
  onStream(stream: MediaStream, device: DeviceName): void;
  /** Nothing is heard until the next stream. */
  onLost(error: TenutoError): void;
  onMuted(isMuted: boolean): void;
  /** It is given up. */
  onFailed(error: TenutoError): void;
}

const RETRY_MS = 1_000;
const NOWHERE: DeviceName = { id: '', label: '' };

export class InputDevice {
  readonly #options: InputDeviceOptions;
  readonly #hooks: InputDeviceHooks;
  readonly #listening = new AbortController();
  #stream: MediaStream | null = null;
  #device = NOWHERE;
  #groupId = '';
  #lostAtMs: number | null = null;
  #isOpening = false;
  #retry: unknown = null;

  constructor(options: InputDeviceOptions, hooks: InputDeviceHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  get device(): DeviceName {
    return this.#device;
  }

  /** @throws TenutoError MICROPHONE_DENIED and its like; nothing is left open then. */
  async open(): Promise<void> {
    const { isSecureContext, AudioContext } = globalThis as Partial<typeof globalThis>;
    const devices = devicesOf();
    const problem = unsupported(
      isSecureContext !== false,
      devices !== null && AudioContext !== undefined,
    );
    if (problem !== null || devices === null) throw problem ?? captureErrorOf(null);
    const { signal } = this.#listening;
    devices.addEventListener('devicechange', () => void this.#changed(devices), { signal });
    try {
      await this.#take(devices, this.#options.deviceId);
    } catch (error) {
      this.close();
      throw captureErrorOf(error);
    }
  }

  /** Whether the microphone still hears: a page may have stopped its track without saying so. */
  look(): void {
    const [track] = this.#stream?.getAudioTracks() ?? [];
    if (track?.readyState === 'ended') this.#lose();
  }

  close(): void {
    this.#listening.abort();
    this.#options.clock.clearTimeout(this.#retry);
    stop(this.#stream);
    this.#stream = null;
  }

  #isHearing(): boolean {
    return this.#stream !== null;
  }

  async #take(devices: MediaDevices, deviceId: string | undefined): Promise<void> {
    const { constraints = {} } = this.#options;
    const chosen = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
    const audio = { channelCount: 1, ...constraints, ...chosen };
    const stream = await devices.getUserMedia({ audio });
    const [track] = stream.getAudioTracks();
    if (this.#listening.signal.aborted || track === undefined) {
      stop(stream);
      return;
    }
    const before = this.#stream;
    const settings = track.getSettings();
    this.#stream = stream;
    this.#device = { id: settings.deviceId ?? '', label: track.label };
    this.#groupId = settings.groupId ?? '';
    this.#lostAtMs = null;
    const { signal } = this.#listening;
    const isCurrent = (): boolean => this.#stream === stream;
    track.addEventListener('ended', () => isCurrent() && this.#lose(), { signal });
    for (const type of ['mute', 'unmute']) {
      const tell = (): void => this.#hooks.onMuted(type === 'mute');
      track.addEventListener(type, () => isCurrent() && tell(), { signal });
    }
    this.#hooks.onStream(stream, this.#device);
    stop(before);
    if (track.muted) this.#hooks.onMuted(true);
  }

  #lose(): void {
    const { onDeviceLost, clock } = this.#options;
    stop(this.#stream);
    this.#stream = null;
    this.#lostAtMs ??= clock.nowMs();
    const error = lost(0);
    this.#hooks.onLost(error);
    if (onDeviceLost === 'fail') this.#fail(error);
    else void this.#reopen();
  }

  async #reopen(): Promise<void> {
    const devices = devicesOf();
    if (this.#isOpening || this.#listening.signal.aborted || devices === null) return;
    const { clock, lossTimeoutMs } = this.#options;
    clock.clearTimeout(this.#retry);
    this.#isOpening = true;
    try {
      await this.#take(devices, undefined);
    } catch (cause) {
      const error = captureErrorOf(cause);
      const lastedMs = clock.nowMs() - (this.#lostAtMs ?? 0);
      if (!error.retryable) this.#fail(error);
      else if (lastedMs >= lossTimeoutMs) this.#fail(lost(lastedMs));
      else this.#retry = clock.setTimeout(() => void this.#reopen(), RETRY_MS);
    } finally {
      this.#isOpening = false;
    }
  }

  #fail(error: TenutoError): void {
    if (this.#listening.signal.aborted) return;
    this.close();
    this.#hooks.onFailed(error);
  }

  /** Something was plugged in or out, or the default is another. */
  async #changed(devices: MediaDevices): Promise<void> {
    if (!this.#isHearing()) return this.#reopen();
    const all = await devices.enumerateDevices();
    const inputs = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
    if (!this.#isHearing() || inputs.length === 0 || this.#isOpening) return;
    const { deviceId } = this.#options;
    const isChosenThere = inputs.some((input) => input.deviceId === deviceId);
    const hasLeft = !inputs.some((input) => input.deviceId === this.#device.id);
    const byDefault = inputs.find((input) => input.deviceId === 'default');
    const hasMoved = byDefault !== undefined && byDefault.groupId !== this.#groupId;
    const isElsewhere = deviceId === undefined ? hasMoved : this.#device.id !== deviceId;
    if (hasLeft && this.#device.id !== '') this.#lose();
    else if (isElsewhere && (deviceId === undefined || isChosenThere)) await this.#move(devices);
  }

  /** To a device beside the one that is heard: if it cannot be had, that one is heard on. */
  async #move(devices: MediaDevices): Promise<void> {
    this.#isOpening = true;
    await this.#take(devices, this.#options.deviceId).catch(() => undefined);
    this.#isOpening = false;
    if (!this.#isHearing()) await this.#reopen(); // it ended meanwhile
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
