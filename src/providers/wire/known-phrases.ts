/**
 * What Whisper writes on silence and noise. It learned from subtitled videos: their credits, and how they end.
 *
 * Collected from public reports of many users (github.com/openai/whisper/discussions/928, 1606, 679; ggml-org/whisper.cpp
 * issues on hallucination). The list is not complete and cannot be: the energy gate and the model's own figures come first.
 */

/** Nobody says these: parts of credits, looked for anywhere in a short text. Compared as `plainOf` writes them. */
const CREDITS: readonly string[] = [
  'amara org',
  'subtitles by',
  'subtitles created by',
  'captions by',
  'captioning by',
  'transcribed by',
  'transcript by',
  'transcription by castingwords',
  'translated by',
  'closed captioning by',
  'untertitel im auftrag des zdf',
  'untertitel der amara',
  'untertitelung des zdf',
  'untertitelung aufgrund der audioqualität nicht möglich',
  'copyright wdr',
  'swr 2020',
  'sous titres réalisés par',
  'sous titres faits par',
  'sous titrage société radio canada',
  'sous titrage st 501',
  'subtítulos realizados por',
  'subtítulos por la comunidad',
  'legendas pela comunidade',
  'legenda adriana zanotto',
  'sottotitoli creati dalla comunità',
  'sottotitoli e revisione a cura di',
  'ondertitels ingediend door',
  'ondertiteling tv gelderland',
  'napisy stworzone przez społeczność',
  'titulky vytvořil',
  'субтитры сделал',
  'субтитры создавал',
  'субтитры делал',
  'редактор субтитров',
  'корректор а кулакова',
  'altyazı m k',
  'undertexter från',
  'tekstet af nicolai winther',
  'tekstitys',
  '字幕由',
  '字幕by',
  '字幕志愿者',
  '请不吝点赞',
  '明镜与点点栏目',
  '優優獨播劇場',
  '자막 제공',
  'ترجمة نانسي قنقر',
];

/** People say these too. They are dropped only whole, and where something else speaks for silence as well. */
const PARTINGS: readonly string[] = [
  'thank you',
  'thank you very much',
  'thank you so much',
  'thanks',
  'thank you for watching',
  'thanks for watching',
  'thank you for listening',
  'thank you for your attention',
  'please subscribe',
  'please subscribe to my channel',
  'like and subscribe',
  'see you next time',
  'see you in the next video',
  'ill see you in the next video',
  'bye',
  'bye bye',
  'you',
  'so',
  'okay',
  'the end',
  'vielen dank',
  'vielen dank fürs zuschauen',
  'danke fürs zuschauen',
  'bis zum nächsten mal',
  'tschüss',
  'merci',
  'merci davoir regardé cette vidéo',
  'merci beaucoup',
  'à bientôt',
  'gracias',
  'gracias por ver el video',
  '¡gracias por ver',
  'suscríbete',
  'suscríbete al canal',
  'obrigado',
  'obrigado por assistir',
  'grazie',
  'grazie a tutti',
  'grazie per aver guardato il video',
  'dziękuję',
  'dziękuję za uwagę',
  'dziękuje za oglądanie',
  'dank u wel',
  'tot de volgende keer',
  'спасибо за просмотр',
  'продолжение следует',
  'спасибо за внимание',
  'izlediğiniz için teşekkür ederim',
  'ご視聴ありがとうございました',
  'ありがとうございました',
  'チャンネル登録をお願いいたします',
  '谢谢观看',
  '谢谢大家',
  '感谢观看',
  '시청해주셔서 감사합니다',
  '감사합니다',
  'شكرا للمشاهدة',
  'اشتركوا في القناة',
];

/** Credits are short; a long text that speaks of one is speech. */
const MAX_CREDIT_CHARS = 160;

const partings: ReadonlySet<string> = new Set(PARTINGS.map(plainOf));
const credits: readonly string[] = CREDITS.map(plainOf);

export type PhraseKind = 'credit' | 'parting' | null;

/** @param further phrases of the application's own; they count as credits, but only whole. */
export function phraseKindOf(text: string, further: ReadonlySet<string>): PhraseKind {
  if (text.length > MAX_CREDIT_CHARS) return null;
  const plain = plainOf(text);
  if (further.has(plain) || credits.some((credit) => plain.includes(credit))) return 'credit';
  return partings.has(plain) ? 'parting' : null;
}

/** Letters and digits only, in lower case, with single spaces. */
export function plainOf(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
