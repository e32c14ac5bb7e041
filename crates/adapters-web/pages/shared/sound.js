// A gentle sound when it is the user's turn.

/** @type {AudioContext | undefined} */
let audio;

/** Prepares the sound: browsers allow it during an action of the user only. */
export function prepareSound() {
  audio ??= new AudioContext();
  void audio.resume();
}

/** Plays two soft notes, if the sound is prepared. */
export function chime() {
  if (!audio || audio.state !== 'running') return;
  for (const [index, frequency] of [659.25, 987.77].entries()) {
    const start = audio.currentTime + index * 0.18;
    const tone = new OscillatorNode(audio, { type: 'sine', frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.9);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 1);
  }
}
