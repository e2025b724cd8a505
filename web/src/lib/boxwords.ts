// The box's own sentences in the reader's language. It says them in English; they are known by their wording, names and numbers are
// carried over. What is not known here is shown as the box says it.
import { t } from './i18n';
import type { Key } from './i18n/language.svelte';

/** Groups: n and those that begin with s are numbers; `why` is a sentence of the box itself. */
const WORDS: [RegExp, Key][] = [
  // Those that hold another sentence come first: its end is theirs as well.
  [/^(?<from>\d+:\d\d) to (?<to>\d+:\d\d) could not be watched: (?<why>.+)$/, 'said.unwatched'],
  [/^The new cut failed, the one before it stays: (?<why>.+)$/, 'said.stayed'],
  [/^not one picture in (?<file>.+) could be decoded \(.*\)$/, 'said.noPicture'],
  [/^nothing in (?<file>.+) between (?<s1>[\d.]+) and (?<s2>[\d.]+) s can be decoded$/, 'said.nothingBetween'],
  [/^(?<n>\d+) damaged pieces were passed over$/, 'said.damaged'],
  [/^(?<n>\d+) pictures were passed over because their time stamps do not rise$/, 'said.stamps'],
  [/^its pictures end at (?<s1>[\d.]+) s, (?<s2>[\d.]+) s early$/, 'said.endsEarly'],
  [/^cut on key frames: 0\.0 s more than planned, nothing re-encoded$/, 'said.copied'],
  [/^cut on key frames: (?<s1>[\d.]+) s more than planned, nothing re-encoded$/, 'said.copiedMore'],
  [/^(?<file>.+) is empty$/, 'said.empty'],
  [/^(?<file>.+) holds only zeros: its name was written to the card, its contents were not$/, 'said.zeros'],
  [/^(?<file>.+) is (?:a picture|a document|an archive|a program|a text), not a recording$/, 'said.noRecording'],
  [/^(?<file>.+) is a playlist that only points to recordings$/, 'said.noRecording'],
  [/^(?<file>.+) is not a video, or its beginning is damaged$/, 'said.noVideo'],
  [/^(?<file>.+) is damaged: its index cannot be read$/, 'said.noIndex'],
  [/^(?<file>.+) was not closed by the camera \(battery or card pulled out\?\): its index is missing$/, 'said.noIndex'],
  [/^(?<file>.+) is damaged or was not closed by the camera: there is no index in it$/, 'said.noIndex'],
  [/^(?<file>.+) is one piece of a stream, without the piece that opens it$/, 'said.streamPiece'],
  [/^(?<file>.+) is encrypted \(copy protection\)$/, 'said.encrypted'],
  [/^(?<file>.+) has no moving picture in it$/, 'said.noMoving'],
  [/^(?<file>.+) is in a video format that is not known here$/, 'said.unknownFormat'],
  [/^(?:Nobody moves in this recording\.|there is nothing to make a reel of: nothing moves)$/, 'said.nobody'],
  [/^none of the chosen moments could be decoded$/, 'said.noneDecoded'],
  [/^its end could not be found in time; the first (?<s1>[\d.]+) s are used$/, 'said.noEnd'],
  [/^its header says (?<s1>[\d.]+) s, its packets hold (?<s2>[\d.]+) s of picture(?:: .*)?$/, 'said.otherLength'],
  [/^it ends in the middle of a packet: .*$/, 'said.brokenOff'],
  [/^it has (?<n>\d+) picture tracks; the one of (?<size>.+) pixels is used$/, 'said.tracks'],
  [/^no poster picture could be made$/, 'said.noPoster'],
  [/^this recording stopped the worker (?<n>\d+) times$/, 'said.stopped'],
  [/^There is too little room on the disk, so some recordings have to wait\.$/, 'said.noRoom'],
  [/^(?:the disk under .+ filled up while the reel was made|there is no room to make .+)$/, 'said.full'],
  [/^(?<file>[^:]+) could not be read: .+$/, 'said.missing'],
  [/^this recording is being worked on$/, 'said.busy'],
  [/^the original of this recording is not here$/, 'said.noOriginal'],
  [/^Copy it from the card again; if that does not help, (?:its contents are|it is) lost\.$/, 'said.do.copyOrLost'],
  [/^Copy it from the card again\.$/, 'said.do.copy'],
  [/^Play the recording; copy it (?:from the camera again|anew)\.$/, 'said.do.copy'],
  [/^Play it once in the camera that made it, which often repairs it, or use a repair tool with a good file from the same camera\.$/, 'said.do.repair'],
  [/^(?:Sound alone cannot be cut into a reel; choose|Choose) the recording itself\.$/, 'said.do.choose'],
  [/^Convert it to H\.264 or H\.265 first\.$/, 'said.do.convert'],
  [/^Use a recording without copy protection\.$/, 'said.do.unprotected'],
  [/^Save the whole stream as one file\.$/, 'said.do.wholeStream'],
  [/^Retry it; if that does not help, send the log to whoever looks after the appliance\.$/, 'said.do.help'],
  [/^Try again; if it happens again, look at the log and at `rinkreel doctor`\.$/, 'said.do.help'],
  [/^Retry it once; if that does not help, play it on a computer and copy it from the camera again\.$/, 'said.do.retryCopy'],
  [/^(?:Free some space.*|Delete reels that nobody needs.*|Delete recordings that nobody needs.*)$/, 'said.do.room'],
  [/^Check that the (?:card|disk) or share is (?:still )?connected.*$/, 'said.do.connected'],
  [/^Drop the footage again\.$/, 'said.do.drop'],
  [/^Wait until it is finished, or cancel it\.$/, 'said.do.wait'],
  [/^Lower the movement threshold\.$/, 'said.do.lower'],
  [/^Make the reel again\.$/, 'said.do.again'],
];
/** A sentence of the box may hold another; deeper than this none does. */
const DEEPEST = 3;

/** A sentence of the box for the reader. */
export function boxWords(text: string, depth = 0): string {
  for (const [pattern, key] of WORDS) {
    const match = pattern.exec(text);
    if (match) return t(key, valuesOf(match.groups ?? {}, depth));
  }
  return text;
}

function valuesOf(groups: Record<string, string | undefined>, depth: number): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, value = ''] of Object.entries(groups)) {
    if (name === 'n' || /^s\d$/.test(name)) values[name] = Number(value);
    else values[name] = name === 'why' && depth < DEEPEST ? boxWords(value, depth + 1) : value;
  }
  return values;
}
