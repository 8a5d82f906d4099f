// Three short sounds that are told apart without looking: go rises, wait repeats, stop falls and hums. And a touch of vibration.

const TUNES = {
  go: { type: "sine", notes: [[660, 0.09], [990, 0.16]], shake: [40] },
  wait: { type: "triangle", notes: [[440, 0.12], [0, 0.06], [440, 0.12]], shake: [60, 60, 60] },
  stop: { type: "sawtooth", notes: [[220, 0.18], [150, 0.34]], shake: [260] },
};
let device;

export function play(tone) {
  const tune = TUNES[tone];
  if (!tune) return;
  navigator.vibrate?.(tune.shake);
  try {
    device ??= new AudioContext();
    device.resume();
    let at = device.currentTime;
    for (const [pitch, length] of tune.notes) {
      if (pitch) {
        const voice = device.createOscillator();
        const volume = device.createGain();
        voice.type = tune.type;
        voice.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, at);
        volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
        voice.connect(volume).connect(device.destination);
        voice.start(at);
        voice.stop(at + length);
      }
      at += length;
    }
  } catch {
    // A browser without sound still shows the word and the shape.
  }
}

// A page that shows a result as it opens says so with data-sounds.
const shown = document.querySelector("[data-sounds]")?.dataset.sounds;
if (shown && localStorage.getItem("door:sound") !== "off") play(shown);
