/**
 * Every number of `tenuto.v1`, as PROTOCOL.md lists them in P18. The clause that gives a number its meaning stands beside it.
 */
const KIB = 1_024;
const MIB = 1_024 * KIB;

/** A whole frame on a WebSocket; beyond it 4413. P3.2 */
export const MAX_FRAME_BYTES = 64 * KIB;
/** A whole frame on a WebRTC data channel: larger ones block the others (RFC 8831, section 6.6). P2.6 */
export const MAX_DATA_CHANNEL_FRAME_BYTES = 15 * KIB;
/** Of a control frame. P9.2 */
export const MAX_CONTROL_JSON_BYTES = 8 * KIB;
/** Objects and lists in each other. P9.3 */
export const MAX_JSON_DEPTH = 8;
/** Commas outside strings, which bounds members and elements alike. P9.3 */
export const MAX_JSON_COMMAS = 4_096;
/** The session ends before 2^31, so nothing ever wraps. P1.3 */
export const MAX_SEQ = 0x7fff_ffff;
/** 24 hours at 48 kHz are 4,147,200,000 samples: below 2^32. P4.4 */
export const MAX_POSITION = 0xffff_ffff;
/** P6.2 */
export const MAX_SACK_RANGES = 32;
/** Of a close frame: RFC 6455, section 5.5. P16.2 */
export const MAX_REASON_BYTES = 123;
/** Leaves the rest of HELLO 2 KiB. P10.1 */
export const MAX_BEARER_CHARS = 6 * KIB;

/** From the open socket to a whole HELLO. P2.4 */
export const HELLO_TIMEOUT_MS = 5_000;
/** From HELLO to WELCOME or REFUSED. P2.4 */
export const WELCOME_TIMEOUT_MS = 5_000;
/** How far beyond the log's epoch HELLO.epoch is believed. P12.2 */
export const MAX_EPOCH_LEAD = 1_000;
/** More epochs than this within the window, by different `inst`: 4421. P12.6 */
export const MAX_RIVAL_EPOCHS = 3;
export const RIVAL_EPOCHS_WINDOW_MS = 10_000;

/** Between two acknowledgements of the gateway's, at least. P13.2 */
export const ACK_MIN_INTERVAL_MS = 40;
/** The same at most, while something is not committed. P13.2 */
export const ACK_MAX_INTERVAL_MS = 250;
/** After so many of the gateway's frames the client acknowledges, or after so long. P13.3 */
export const DOWN_ACK_FRAMES = 16;
export const DOWN_ACK_DELAY_MS = 1_000;
/** The credit beyond what is committed: 16 s of 16 kHz audio, so that a store's election passes unnoticed. P13.4 */
export const WINDOW_CHUNKS = 1_024;
export const WINDOW_BYTES = 512 * KIB;
/** `WINDOW_BYTES` of the largest frames. P13.4 */
export const WINDOW_MIN_CHUNKS = 8;
/** More than this in the socket, and chunks stay in the ring. P13.6 */
export const SEND_BUFFER_MAX_BYTES = 256 * KIB;

/** PTO = srtt + max(4 × rttvar, 50 ms) + 250 ms, in the words of RFC 9002, section 6.2.1. P15.2 */
export const PTO_RTTVAR_RATIO = 4;
export const PTO_MIN_VARIANCE_MS = 50;
export const PTO_MARGIN_MS = 250;
/** Nothing sent for so long: PING. P15.3 */
export const PING_IDLE_MS = 5_000;
/** The same in the background, where nothing is captured. P15.3 */
export const PING_IDLE_BACKGROUND_MS = 20_000;
/** Silence before the client dials beside: while audio flows a round trip, its variation and the margin, within these. P15.4 */
export const SUSPECT_MARGIN_MS = 150;
export const SUSPECT_MIN_MS = 250;
export const SUSPECT_FLOWING_MAX_MS = 1_200;
/** The same while idle: 3 PTO, within these. P15.4 */
export const SUSPECT_PTO_RATIO = 3;
export const SUSPECT_IDLE_MIN_MS = 1_000;
export const SUSPECT_MAX_MS = 5_000;
/** Silence before the client lets go: 8 PTO, within these. P15.5 */
export const DEAD_PTO_RATIO = 8;
export const DEAD_MIN_MS = 6_000;
export const DEAD_MAX_MS = 15_000;
/** Silence before the gateway detaches the client; the session stays. P15.5 */
export const SERVER_DEAD_MS = 20_000;
/** PONGs come and nothing is committed: degraded, then to be reattached elsewhere. P15.6 */
export const NO_PROGRESS_DEGRADED_MS = 12_000;
export const NO_PROGRESS_REATTACH_MS = 30_000;
/** After a change of network or a sleep an answer is due within 3 PTO, and at least this. P15.7 */
export const WAKE_PTO_RATIO = 3;
export const WAKE_MIN_MS = 1_000;

/** Of one client; a resend may have the burst. Beyond it 4421. P18.2 */
export const MAX_FRAMES_PER_S = 200;
export const RESEND_BURST_RATIO = 3;
export const MAX_BYTES_PER_S = 128 * KIB;
export const SUSTAINED_BYTES_RATIO = 1.5;
/** What the client keeps, acknowledged or not. P14.4 */
export const RING_MS = 120_000;
export const RING_BYTES = 4 * MIB;
/** What a session may hold in the store, and audio without a final; then credit stops. P13.5 */
export const SESSION_STORE_MAX_BYTES = 8 * MIB;
export const UNFINISHED_MAX_MS = 150_000;
/** What the gateway keeps for a client that does not acknowledge. P13.7 */
export const DOWN_LOG_MAX_FRAMES = 2_000;
export const DOWN_LOG_MAX_BYTES = MIB;
/** Detached ones count. Beyond it 4422. P18.2 */
export const MAX_SESSIONS_PER_PRINCIPAL = 5;
/** Beyond either 4421. P18.2 */
export const MAX_HELLOS_PER_MIN = 20;
export const MAX_HELLOS_PER_ADDRESS_PER_MIN = 60;
/** How long a session outlives its client. P12.7 */
export const GRACE_MS = 120_000;
/** P1.3 */
export const MAX_SESSION_MS = 24 * 3_600_000;

/** GOAWAY gives so long. P17.1 */
export const DRAIN_MS = 30_000;
/** Of its sessions a gateway asks no more than this to go within a second. P17.4 */
export const DRAIN_RATIO_PER_S = 0.05;
/** So many 4400 within the window: the session is given up for a new one. P16.3 */
export const MAX_PROTOCOL_ERRORS = 3;
export const PROTOCOL_ERRORS_WINDOW_MS = 60_000;
/** `retryAfterMs` is spread by this much, up and down. P16.4 */
export const RETRY_JITTER_RATIO = 0.2;
