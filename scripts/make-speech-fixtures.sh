#!/usr/bin/env bash
# Makes the recordings in test/fixtures/speech/ and their transcripts.json from the original ones. Needs sox.
#   scripts/make-speech-fixtures.sh POCKETSPHINX_TEST_DATA JFK.wav
# Without dither and with repeatable settings (-D -R) the same sources give the same bytes.
set -euo pipefail

data=${1:-/usr/share/pocketsphinx/test/data}
jfk=${2:?the path of jfk.wav (see test/fixtures/speech/README.md)}
out=$(cd "$(dirname "$0")/.." && pwd)/test/fixtures/speech
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

pcm=(-r 16000 -e signed-integer -b 16 -c 1)
pause_ms=900
margin_ms=600

clip() { # NAME TEXT SOURCE FILE [sox input options]
  local name=$1 text=$2 source=$3 file=$4
  shift 4
  sox -D -R "$@" "$file" "${pcm[@]}" "$work/$name.wav"
  printf '%s' "$text" >"$work/$name.text"
  printf '%s' "$source" >"$work/$name.source"
}

silence() { sox -D -R -r 16000 -n "${pcm[@]}" "$work/silence$1.wav" trim 0 "$(($1 * 16))s"; }

join() { # FILE CLIP...: the clips with margins and pauses between; prints the file's entry of transcripts.json
  local file=$1 parts=("$work/silence$margin_ms.wav") at=$((margin_ms * 16)) first=1 name samples
  shift
  printf '  "%s": [' "$file"
  for name in "$@"; do
    if ((!first)); then
      parts+=("$work/silence$pause_ms.wav")
      at=$((at + pause_ms * 16))
      printf ','
    fi
    first=0
    samples=$(soxi -s "$work/$name.wav")
    parts+=("$work/$name.wav")
    printf '\n    {\n      "startMs": %d,\n      "endMs": %d,\n      "text": "%s",\n      "source": "%s"\n    }' \
      $((at / 16)) $(((at + samples + 15) / 16)) "$(cat "$work/$name.text")" "$(cat "$work/$name.source")"
    at=$((at + samples))
  done
  parts+=("$work/silence$margin_ms.wav")
  sox -D -R "${parts[@]}" "${pcm[@]}" "$out/$file"
  printf '\n  ]'
}

austen=$data/librivox/sense_and_sensibility_01_austen_64kb
clip austen1 'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them' librivox/0870 "$austen-0870.wav"
clip austen2 'he was not an ill disposed young man' librivox/0880 "$austen-0880.wav"
clip austen3 'unless to be rather cold hearted and rather selfish is to be ill disposed' librivox/0890 "$austen-0890.wav"
clip austen4 'had he married a more amiable woman he might have been made still more respectable than he was' librivox/0920 "$austen-0920.wav"
clip austen5 'he might even have been made amiable himself' librivox/0930 "$austen-0930.wav"
clip jfk 'and so my fellow americans ask not what your country can do for you ask what you can do for your country' jfk "$jfk"
clip goforward 'go forward ten meters' goforward "$data/goforward.raw" -t raw "${pcm[@]}"
clip card1 'ten of clubs' cards/001 "$data/cards/001.wav"
clip card2 'four queen of clubs' cards/002 "$data/cards/002.wav"
clip card3 'seven of clubs' cards/003 "$data/cards/003.wav"
clip card4 'five five' cards/004 "$data/cards/004.wav"
clip card5 'eight of spades four of clubs seven of hearts' cards/005 "$data/cards/005.wav"
clip digits 'two nine three four zero' tidigits/dhd.2934z "$data/tidigits/dhd.2934z.raw" -t raw "${pcm[@]}"
silence "$pause_ms"
silence "$margin_ms"

{
  printf '{\n'
  join minute.wav austen1 austen2 austen3 austen4 austen5 jfk goforward card1 card2 card3 card4 card5 digits
  printf ',\n'
  join sentence.wav austen1
  printf ',\n'
  join two-sentences.wav austen1 austen3
  printf '\n}\n'
} >"$out/transcripts.json"
