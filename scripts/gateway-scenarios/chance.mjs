// What a seed draws, and waiting.
const { seededRandom } = await import('../../dist/src/ports/random.js');

export function chanceOf(seed) {
  const random = seededRandom(seed);
  return {
    unit: () => random.unit(),
    between: (least, most) => least + (most - least) * random.unit(),
    of: (list) => list[Math.floor(random.unit() * list.length)],
  };
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
