/**
 * Makes the media that `npm run seed` fills a platform with: public/app/samples. They are committed, so
 * seeding never runs this. Needs ffmpeg and a Chromium (CHROMIUM_PATH, or /usr/bin/chromium).
 *
 *   node seed/make-samples.mjs [--pictures] [name …]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const TARGET = path.join(import.meta.dirname, '..', 'public', 'app', 'samples');
const FRAMES_PER_SECOND = 15;
const [WIDTH, HEIGHT] = [512, 288];
/** Clips differ in length, and each has a chord of its own; much that moves costs quality (a CRF of x264). */
const CLIPS = {
  trails: { seconds: 12, chord: [196, 247, 294] },
  code: { seconds: 10, chord: [220, 262, 330] },
  stars: { seconds: 12, quality: 36, chord: [147, 220, 277] },
  kitchen: { seconds: 9, chord: [262, 330, 392] },
  music: { seconds: 10, quality: 35, chord: [175, 220, 262] },
  rain: { seconds: 9, quality: 38, chord: [165, 196, 247] },
  ocean: { seconds: 11, chord: [131, 196, 247] },
  pottery: { seconds: 10, chord: [233, 294, 349] },
  chess: { seconds: 10, chord: [208, 262, 311] },
  science: { seconds: 8, quality: 41, chord: [185, 233, 277] },
  garden: { seconds: 11, chord: [247, 311, 370] },
  metro: { seconds: 10, quality: 37, chord: [156, 196, 233] },
};
/** Moments of a clip that become pictures of videos. */
const STILLS = [0.3, 0.5, 0.7, 0.93];
const FACES = 24;

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const withClips = !process.argv.includes('--pictures');
const names = Object.keys(CLIPS).filter((name) => wanted.length === 0 || wanted.includes(name));

// A module has to come from somewhere.
const scenes = await readFile(path.join(import.meta.dirname, 'scenes.mjs'));
const server = createServer((request, response) => {
  const isModule = request.url === '/scenes.mjs';
  response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
  response.end(isModule ? scenes : '<canvas></canvas>');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

try {
  await mkdir(TARGET, { recursive: true });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  for (const name of names) {
    await writeFile(
      file(`${name}-cover.webp`),
      await picture(page, { name, width: 1200, height: 240, time: 0.82 }),
    );
    await writeFile(
      file(`${name}-avatar.webp`),
      await picture(page, { name, width: 160, height: 160, time: 0.55 }),
    );
    for (const [index, time] of STILLS.entries()) {
      const still = await picture(page, { name, width: 480, height: 270, time });
      await writeFile(file(`${name}-${index + 1}.webp`), still);
    }
    if (withClips) await makeClip(page, name);
    process.stdout.write(`${name}\n`);
  }
  for (let index = 0; index < FACES && wanted.length === 0; index += 1) {
    const bytes = await picture(page, { face: index, width: 128, height: 128 });
    await writeFile(file(`face-${String(index + 1).padStart(2, '0')}.webp`), bytes);
  }
  await writeFacts();
} finally {
  await browser.close();
  server.close();
}

/** What a store has to know of each file, so that nobody has to look into them again. */
async function writeFacts() {
  const facts = {};
  for (const name of (await readdir(TARGET)).filter((name) => /\.(mp4|webp)$/.test(name)).sort()) {
    const asked = 'stream=width,height:format=duration';
    const told = execFileSync('ffprobe', [
      ...[
        '-v',
        'error',
        '-select_streams',
        'v:0',
        '-show_entries',
        asked,
        '-of',
        'json',
        file(name),
      ],
    ]);
    const { streams, format } = JSON.parse(told);
    const { width, height } = streams[0];
    const isClip = name.endsWith('.mp4');
    const { size: bytes } = await stat(file(name));
    facts[name] = {
      bytes,
      width,
      height,
      ...(isClip && { durationSeconds: Number(format.duration) }),
    };
  }
  await writeFile(file('samples.json'), `${JSON.stringify(facts, undefined, 2)}\n`);
}

function file(name) {
  return path.join(TARGET, name);
}

/** What the canvas shows at one moment, in the format that is asked for. */
async function picture(page, what) {
  const encoded = await page.evaluate(async (wish) => {
    const { SCENES, face } = await import('/scenes.mjs');
    const canvas = globalThis.document.querySelector('canvas');
    Object.assign(canvas, { width: wish.width, height: wish.height });
    const context = canvas.getContext('2d');
    if (wish.name === undefined) face(context, wish.width, wish.face);
    else SCENES[wish.name](context, wish.width, wish.height, wish.time);
    return canvas.toDataURL(wish.type ?? 'image/webp', wish.quality ?? 0.62).split(',')[1];
  }, what);
  return Buffer.from(encoded, 'base64');
}

/** H.264 and AAC in MP4, its index first: every browser plays it, and seeks by ranges. */
async function makeClip(page, name) {
  const { seconds, chord, quality = 33 } = CLIPS[name];
  const tones = chord.map((tone) => `sin(2*PI*${tone}*t)*(0.6+0.4*sin(2*PI*t/${seconds / 4}))`);
  const sound = `aevalsrc='0.06*(${tones.join('+')})':s=22050:d=${seconds}`;
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...'-hide_banner -loglevel error -y -fflags +bitexact -flags:v +bitexact -flags:a +bitexact'.split(
        ' ',
      ),
      ...`-f image2pipe -c:v mjpeg -framerate ${FRAMES_PER_SECOND} -i -`.split(' '),
      ...['-f', 'lavfi', '-i', sound],
      ...'-map_metadata -1 -c:v libx264 -profile:v main -preset slower'.split(' '),
      ...`-pix_fmt yuv420p -crf ${quality}`.split(' '),
      // A keyframe every two seconds, so that a browser can seek.
      ...`-g ${FRAMES_PER_SECOND * 2} -c:a aac -b:a 24k -ac 1 -af afade=t=out:st=${seconds - 1}:d=1`.split(
        ' ',
      ),
      ...['-shortest', '-movflags', '+faststart', file(`${name}.mp4`)],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(ffmpeg, 'close');
  const frames = seconds * FRAMES_PER_SECOND;
  for (let frame = 0; frame < frames; frame += 1) {
    const what = {
      name,
      width: WIDTH,
      height: HEIGHT,
      time: frame / frames,
      type: 'image/jpeg',
      quality: 0.9,
    };
    if (!ffmpeg.stdin.write(await picture(page, what))) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} at ${name}`);
}
