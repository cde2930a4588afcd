/**
 * The pictures of the sample channels, drawn on a canvas: each a function of time, so that one drawing
 * gives clips, still pictures and covers. Runs in a browser.
 *
 * A scene is called as draw(context, width, height, time) with the time from 0 to 1.
 */

/** The same numbers each time: a scene is drawn anew for every frame. */
const noise = (index) => {
  const value = Math.sin(index * 127.1 + 311.7) * 43758.5453;
  return value - Math.floor(value);
};

const TURN = Math.PI * 2;
const mix = (from, to, share) => from + (to - from) * share;

function blend(from, to, share) {
  return `rgb(${from.map((part, index) => Math.round(mix(part, to[index], share))).join(',')})`;
}

/** A colour out of a list of them, as the time goes through it. */
function through(colours, time) {
  const place = Math.min(time, 0.999) * (colours.length - 1);
  const index = Math.floor(place);
  return blend(colours[index], colours[index + 1], place - index);
}

function sky(context, width, height, top, bottom) {
  const gradient = context.createLinearGradient(0, 0, 0, height);
  gradient.addColorStop(0, top);
  gradient.addColorStop(1, bottom);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

function disc(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, Math.max(radius, 0), 0, TURN);
  context.fill();
}

function ridge(context, width, height, { base, size, offset, salt, colour }) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, height);
  for (let x = 0; x <= width; x += 4) {
    const at = (x / height) * 2 + offset;
    const y =
      Math.sin(at * 1.3 + salt) * 0.5 +
      Math.sin(at * 2.9 + salt * 2) * 0.3 +
      Math.sin(at * 7.1) * 0.08;
    context.lineTo(x, height * (base - y * size));
  }
  context.lineTo(width, height);
  context.fill();
}

function mountains(context, width, height, time) {
  const day = [
    [24, 32, 66],
    [240, 150, 110],
    [120, 180, 230],
    [150, 200, 240],
    [235, 140, 90],
  ];
  const glow = [
    [90, 70, 110],
    [255, 214, 150],
    [215, 235, 250],
    [225, 240, 250],
    [255, 200, 130],
  ];
  sky(context, width, height, through(day, time), through(glow, time));
  const arc = Math.PI * (0.05 + time * 0.9);
  disc(
    context,
    width * (0.5 - Math.cos(arc) * 0.42),
    height * (0.72 - Math.sin(arc) * 0.5),
    height * 0.07,
    '#fff3c4',
  );
  const near = [
    [120, 130, 160],
    [92, 112, 130],
    [58, 88, 92],
    [30, 54, 50],
  ];
  near.forEach((colour, layer) => {
    ridge(context, width, height, {
      base: 0.58 + layer * 0.11,
      size: 0.2 - layer * 0.035,
      offset: time * (0.3 + layer * 0.5),
      salt: layer * 4.7 + 1,
      colour: blend(colour, [20, 24, 50], Math.abs(time - 0.5) * 0.9),
    });
  });
}

function editor(context, width, height, time) {
  context.fillStyle = '#15171f';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#1d2029';
  context.fillRect(0, 0, width * 0.17, height);
  for (let file = 0; file < 9; file += 1) {
    context.fillStyle = file === 2 + Math.floor(time * 4) ? '#7aa2f7' : '#3a3f52';
    context.fillRect(
      width * (0.02 + (file % 3 ? 0.02 : 0)),
      height * (0.08 + file * 0.07),
      width * (0.05 + noise(file) * 0.06),
      height * 0.022,
    );
  }
  const colours = ['#bb9af7', '#7dcfff', '#c0caf5', '#9ece6a', '#e0af68', '#f7768e'];
  const typed = 6 + time * 30;
  const scroll = Math.max(0, typed - 15);
  for (let line = 0; line < typed; line += 1) {
    const y = height * (0.07 + (line - scroll) * 0.058);
    if (y < 0) continue;
    const share = Math.min(1, typed - line);
    let x = width * (0.21 + Math.floor(noise(line * 3) * 4) * 0.03);
    const end = mix(x, width * 0.95, share);
    for (let word = 0; word < 2 + noise(line) * 5; word += 1) {
      const length = width * (0.03 + noise(line * 13 + word) * 0.09);
      if (x + length > end) break;
      context.fillStyle = colours[Math.floor(noise(line * 7 + word * 5) * colours.length)];
      context.fillRect(x, y, length, height * 0.026);
      x += length + width * 0.012;
    }
    if (line + 1 > typed) {
      context.fillStyle = '#ffffff';
      context.fillRect(x, y - height * 0.01, width * 0.006, height * 0.045);
    }
  }
}

function stars(context, width, height, time) {
  sky(
    context,
    width,
    height,
    through(
      [
        [4, 6, 20],
        [10, 10, 40],
        [30, 20, 60],
      ],
      time,
    ),
    through(
      [
        [20, 24, 60],
        [60, 30, 80],
        [120, 60, 90],
      ],
      time,
    ),
  );
  const centre = [width * 0.62, height * 0.7];
  context.lineCap = 'round';
  for (let star = 0; star < 240; star += 1) {
    const radius = Math.sqrt(noise(star)) * width * 0.75;
    const angle = noise(star + 500) * TURN + time * 0.9;
    context.strokeStyle = `hsla(${190 + noise(star + 9) * 70}, 70%, 86%, ${0.35 + noise(star + 77) * 0.6})`;
    context.lineWidth = height * (0.002 + noise(star + 31) * 0.005);
    context.beginPath();
    context.arc(...centre, radius, angle - 0.02 - time * 0.5, angle);
    context.stroke();
  }
  const flight = (time * 3) % 1;
  context.strokeStyle = `rgba(255,255,255,${1 - flight})`;
  context.lineWidth = height * 0.007;
  context.beginPath();
  context.moveTo(width * (0.15 + flight * 0.5), height * (0.1 + flight * 0.25));
  context.lineTo(width * (0.06 + flight * 0.5), height * (0.055 + flight * 0.25));
  context.stroke();
  ridge(context, width, height, { base: 0.92, size: 0.07, offset: 3, salt: 2, colour: '#05060f' });
}

function pan(context, width, height, time) {
  sky(context, width, height, '#d9a066', '#a8672f');
  for (let board = 0; board < 7; board += 1) {
    context.fillStyle = `rgba(90,45,15,${0.1 + noise(board) * 0.12})`;
    context.fillRect(0, (height * board) / 7, width, height * 0.008);
  }
  const [x, y] = [width * 0.5, height * 0.52];
  const radius = Math.min(width, height) * 0.42;
  context.fillStyle = '#2b2b30';
  context.fillRect(x + radius * 0.8, y - radius * 0.09, width, radius * 0.18);
  disc(context, x, y, radius, '#2b2b30');
  disc(
    context,
    x,
    y,
    radius * 0.9,
    through(
      [
        [240, 190, 70],
        [222, 110, 40],
        [180, 50, 30],
        [140, 35, 30],
      ],
      time,
    ),
  );
  for (let bit = 0; bit < 90; bit += 1) {
    const angle = noise(bit) * TURN + time * (0.6 + noise(bit + 3) * 0.8);
    const from = Math.sqrt(noise(bit + 40)) * radius * 0.82;
    const colour = ['#4f8a2b', '#7cb342', '#fff1c9', '#c62828', '#ffd54f'][bit % 5];
    if (noise(bit + 8) > 0.25 + time) continue;
    disc(
      context,
      x + Math.cos(angle) * from,
      y + Math.sin(angle) * from,
      radius * (0.02 + noise(bit + 5) * 0.035),
      colour,
    );
  }
  for (let bubble = 0; bubble < 26; bubble += 1) {
    const age = (noise(bubble + 60) + time * 5) % 1;
    const angle = noise(bubble + 21) * TURN;
    const from = noise(bubble + 2) * radius * 0.8;
    context.strokeStyle = `rgba(255,255,255,${0.5 - age * 0.5})`;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(
      x + Math.cos(angle) * from,
      y + Math.sin(angle) * from,
      radius * 0.08 * age,
      0,
      TURN,
    );
    context.stroke();
  }
}

function equaliser(context, width, height, time) {
  sky(
    context,
    width,
    height,
    through(
      [
        [40, 16, 70],
        [16, 40, 90],
        [70, 20, 60],
        [90, 40, 30],
      ],
      time,
    ),
    '#0b0d1c',
  );
  const beat = Math.abs(Math.sin(time * TURN * 9));
  disc(
    context,
    width * 0.5,
    height * 0.42,
    height * (0.2 + beat * 0.03),
    through(
      [
        [255, 120, 180],
        [120, 200, 255],
        [255, 180, 90],
      ],
      time,
    ),
  );
  disc(context, width * 0.5, height * 0.42, height * 0.06, '#0b0d1c');
  const bars = 40;
  for (let bar = 0; bar < bars; bar += 1) {
    const level =
      0.12 +
      0.3 * Math.abs(Math.sin(time * 21 + bar * 0.7) * Math.sin(time * 13 + bar * 0.23)) +
      noise(bar) * 0.05;
    context.fillStyle = `hsl(${(bar / bars) * 120 + 180 + time * 160}, 80%, 62%)`;
    context.fillRect(
      (width * (bar + 0.15)) / bars,
      height * (0.96 - level),
      (width * 0.7) / bars,
      height * level,
    );
  }
}

function rain(context, width, height, time) {
  sky(
    context,
    width,
    height,
    through(
      [
        [20, 26, 50],
        [40, 40, 80],
        [90, 60, 90],
      ],
      time,
    ),
    through(
      [
        [50, 60, 90],
        [100, 80, 110],
        [220, 130, 90],
      ],
      time,
    ),
  );
  for (let row = 0; row < 2; row += 1) {
    for (let house = -1; house < 16; house += 1) {
      const at = house + row * 20;
      const left = (width * (house - ((time * (0.6 + row)) % 1))) / 13;
      const top = height * (0.25 + noise(at) * 0.35 + row * 0.12);
      context.fillStyle = row ? '#10131f' : '#1b2036';
      context.fillRect(left, top, width / 13 - 2, height);
      for (let window = 0; window < 40; window += 1) {
        const isLit = noise(at * 50 + window) > 0.55 + Math.sin(time * 6 + window) * 0.1;
        if (!isLit) continue;
        context.fillStyle = window % 7 ? 'rgba(255,205,120,.8)' : 'rgba(140,200,255,.8)';
        context.fillRect(
          left + (width / 13) * (0.14 + (window % 4) * 0.2),
          top + height * (0.03 + Math.floor(window / 4) * 0.055),
          width * 0.008,
          height * 0.024,
        );
      }
    }
  }
  context.strokeStyle = 'rgba(190,215,255,.35)';
  context.lineWidth = 1.2;
  context.beginPath();
  for (let drop = 0; drop < 150; drop += 1) {
    const y = ((noise(drop) + time * (9 + noise(drop + 6) * 5)) % 1) * height * 1.1;
    const x = noise(drop + 300) * width * 1.1 - y * 0.08;
    context.moveTo(x, y);
    context.lineTo(x - height * 0.006, y + height * 0.07);
  }
  context.stroke();
}

function ocean(context, width, height, time) {
  sky(
    context,
    width,
    height * 0.5,
    through(
      [
        [70, 130, 210],
        [240, 150, 90],
        [60, 40, 90],
      ],
      time,
    ),
    through(
      [
        [190, 225, 250],
        [255, 205, 130],
        [200, 90, 100],
      ],
      time,
    ),
  );
  disc(context, width * 0.68, height * (0.16 + time * 0.32), height * 0.09, '#fff0c0');
  for (let wave = 0; wave < 16; wave += 1) {
    const depth = wave / 16;
    context.fillStyle = blend(
      [
        [40, 110, 150],
        [150, 90, 90],
        [36, 30, 70],
      ][Math.min(2, Math.floor(time * 3))],
      [6, 40, 70],
      depth,
    );
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += 6) {
      const swell = Math.sin((x / width) * (22 - wave) + time * (9 + wave * 2.4) + wave * 1.7);
      context.lineTo(x, height * (0.48 + depth * 0.5 + swell * (0.004 + depth * 0.022)));
    }
    context.lineTo(width, height);
    context.fill();
    context.fillStyle = `rgba(255,225,160,${0.3 - depth * 0.25})`;
    const shine = width * (0.05 + depth * 0.12) * (1 + Math.sin(time * 30 + wave) * 0.3);
    context.fillRect(
      width * 0.68 - shine / 2,
      height * (0.485 + depth * 0.5),
      shine,
      height * 0.006,
    );
  }
  const boat = width * (0.1 + time * 0.35);
  const rock = height * (0.5 + Math.sin(time * 24) * 0.008);
  context.fillStyle = '#2a2230';
  context.fillRect(boat, rock, width * 0.07, height * 0.025);
  context.beginPath();
  context.moveTo(boat + width * 0.035, rock - height * 0.15);
  context.lineTo(boat + width * 0.035, rock - height * 0.01);
  context.lineTo(boat + width * 0.075, rock - height * 0.01);
  context.fill();
}

function pottery(context, width, height, time) {
  sky(
    context,
    width,
    height,
    '#efe4d2',
    through(
      [
        [205, 180, 150],
        [170, 195, 190],
        [200, 160, 150],
      ],
      time,
    ),
  );
  const [middle, foot] = [width * 0.5, height * 0.86];
  context.fillStyle = '#5b4a3c';
  context.fillRect(middle - height * 0.34, foot, height * 0.68, height * 0.05);
  context.fillRect(middle - height * 0.07, foot, height * 0.14, height);
  const tall = height * (0.2 + Math.min(1, time * 1.5) * 0.42);
  const clay = [
    [176, 110, 80],
    [190, 120, 90],
    [96, 130, 140],
    [70, 100, 130],
  ];
  for (let y = 0; y < tall; y += 2) {
    const share = y / tall;
    const belly =
      0.16 +
      0.07 * Math.sin(share * 4.2 + time * 2.5) * Math.min(1, time * 2 + 0.2) -
      0.05 * share * time;
    const half = height * belly;
    const gradient = context.createLinearGradient(middle - half, 0, middle + half, 0);
    const shade = Math.sin(share * 40 + time * 90) * 0.05;
    gradient.addColorStop(0, blend([60, 40, 30], [0, 0, 0], 0.1));
    gradient.addColorStop(0.35 + shade, through(clay, time));
    gradient.addColorStop(1, blend([80, 52, 40], [0, 0, 0], 0.2));
    context.fillStyle = gradient;
    context.fillRect(middle - half, foot - y - 2, half * 2, 3);
  }
}

function board(context, width, height, time) {
  sky(context, width, height, '#2f3a34', '#1d2521');
  const size = Math.min(width, height) * 0.92;
  const [left, top] = [(width - size) / 2, (height - size) / 2];
  const field = size / 8;
  for (let square = 0; square < 64; square += 1) {
    const [column, row] = [square % 8, Math.floor(square / 8)];
    context.fillStyle = (column + row) % 2 ? '#6d8f63' : '#efeedc';
    context.fillRect(left + column * field, top + row * field, field, field);
  }
  const move = Math.floor(time * 12);
  const share = Math.min(1, ((time * 12) % 1) * 2);
  for (let piece = 0; piece < 18; piece += 1) {
    const isLight = piece % 2 === 0;
    const place = (step) => [
      Math.floor(noise(piece * 17 + Math.floor((step + piece) / 9) * 3) * 8),
      (piece * 5 + Math.floor((step + piece) / 9) * 3) % 8,
    ];
    const [from, to] = [place(Math.max(0, move - 1)), place(move)];
    const x = left + (mix(from[0], to[0], share) + 0.5) * field;
    const y = top + (mix(from[1], to[1], share) + 0.5) * field;
    const [colour, edge] = isLight ? ['#fbf7ea', '#8d8672'] : ['#2a2a2e', '#000000'];
    disc(context, x, y + field * 0.22, field * 0.3, edge);
    disc(context, x, y + field * 0.2, field * 0.27, colour);
    disc(context, x, y, field * 0.17, edge);
    disc(context, x, y - field * 0.02, field * 0.16, colour);
  }
}

function interference(context, width, height, time) {
  sky(context, width, height, '#071018', '#0d2233');
  const step = 12;
  const sources = [
    [width * (0.3 + time * 0.1), height * 0.5],
    [width * (0.7 - time * 0.1), height * (0.5 + Math.sin(time * 5) * 0.2)],
  ];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const sum = sources.reduce(
        (total, [left, top]) => total + Math.sin(Math.hypot(x - left, y - top) / 13 - time * 46),
        0,
      );
      context.fillStyle = `hsl(${190 + time * 150 + sum * 24}, 75%, ${34 + sum * 15}%)`;
      disc(context, x + step / 2, y + step / 2, step * (0.26 + sum * 0.11), context.fillStyle);
    }
  }
  sources.forEach(([x, y]) => disc(context, x, y, height * 0.025, '#ffffff'));
}

function garden(context, width, height, time) {
  sky(
    context,
    width,
    height,
    through(
      [
        [180, 220, 245],
        [205, 235, 245],
        [250, 220, 190],
      ],
      time,
    ),
    '#f3f7e4',
  );
  context.fillStyle = '#6a4a35';
  context.fillRect(0, height * 0.86, width, height);
  const count = Math.round((width / height) * 6);
  for (let plant = 0; plant < count; plant += 1) {
    const grown = Math.min(1, Math.max(0.05, time * 1.6 - noise(plant) * 0.5));
    const tall = height * (0.25 + noise(plant + 7) * 0.4) * grown;
    const foot = (width * (plant + 0.5)) / count;
    const sway = Math.sin(time * 12 + plant) * height * 0.02 * grown;
    context.strokeStyle = '#3f7d3a';
    context.lineWidth = height * 0.012;
    context.beginPath();
    context.moveTo(foot, height * 0.87);
    context.quadraticCurveTo(foot, height * 0.87 - tall / 2, foot + sway, height * 0.87 - tall);
    context.stroke();
    for (let leaf = 1; leaf < 5; leaf += 1) {
      const share = leaf / 5;
      const side = leaf % 2 ? 1 : -1;
      context.fillStyle = leaf % 2 ? '#5aa14f' : '#78b65c';
      context.beginPath();
      context.ellipse(
        foot + sway * share + side * height * 0.04 * grown,
        height * 0.87 - tall * share,
        height * 0.045 * grown,
        height * 0.017 * grown,
        side * -0.5,
        0,
        TURN,
      );
      context.fill();
    }
    const bloom = Math.max(0, grown - 0.6) / 0.4;
    for (let petal = 0; petal < 6; petal += 1) {
      const angle = (petal / 6) * TURN + time * 2;
      disc(
        context,
        foot + sway + Math.cos(angle) * height * 0.028 * bloom,
        height * 0.87 - tall + Math.sin(angle) * height * 0.028 * bloom,
        height * 0.024 * bloom,
        ['#f06292', '#ffb74d', '#ba68c8', '#e57373'][plant % 4],
      );
    }
    disc(context, foot + sway, height * 0.87 - tall, height * 0.018 * bloom, '#fff176');
  }
}

function metro(context, width, height, time) {
  sky(
    context,
    width,
    height,
    through(
      [
        [246, 243, 235],
        [228, 240, 246],
        [236, 230, 246],
      ],
      time,
    ),
    '#ffffff',
  );
  const lines = ['#e53935', '#1e88e5', '#43a047', '#fb8c00', '#8e24aa'];
  context.lineJoin = 'round';
  lines.forEach((colour, line) => {
    const points = Array.from({ length: 9 }, (_point, stop) => [
      (width * stop) / 8,
      height * (0.16 + line * 0.17 + (noise(line * 9 + Math.floor(stop / 2)) - 0.5) * 0.3),
    ]);
    context.strokeStyle = colour;
    context.lineWidth = height * 0.024;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
    for (const [x, y] of points.slice(1, -1)) {
      disc(context, x, y, height * 0.025, '#222222');
      disc(context, x, y, height * 0.016, '#ffffff');
    }
    for (let train = 0; train < 3; train += 1) {
      const way = ((noise(line * 4 + train) + time * (0.8 + noise(line) * 0.7)) % 1) * 8;
      const stop = Math.min(7, Math.floor(way));
      const [from, to] = [points[stop], points[stop + 1]];
      const [x, y] = [mix(from[0], to[0], way - stop), mix(from[1], to[1], way - stop)];
      disc(context, x, y, height * 0.038, '#222222');
      disc(context, x, y, height * 0.028, colour);
    }
  });
}

/** By the name of their files. */
export const SCENES = {
  trails: mountains,
  code: editor,
  stars,
  kitchen: pan,
  music: equaliser,
  rain,
  ocean,
  pottery,
  chess: board,
  science: interference,
  garden,
  metro,
};

/** A face for somebody who watches: plain shapes in colours of their own. */
export function face(context, size, index) {
  const hue = (index * 137.5) % 360;
  sky(context, size, size, `hsl(${hue}, 65%, 72%)`, `hsl(${hue + 40}, 60%, 58%)`);
  const skin = ['#f2d0b1', '#d9a06f', '#8d5a3b', '#f6dcc6', '#b97a50', '#5d3a26'][index % 6];
  const hair = ['#2b1d14', '#7a4a21', '#d8a64a', '#1b1b1f', '#a8402a', '#77737a'][
    (index * 5 + 2) % 6
  ];
  disc(context, size * 0.5, size * 1.06, size * 0.42, `hsl(${hue + 180}, 45%, 42%)`);
  disc(context, size * 0.5, size * 0.4, size * 0.285, hair);
  if (index % 3 === 0) {
    context.fillStyle = hair;
    context.fillRect(size * 0.215, size * 0.4, size * 0.57, size * 0.34);
  }
  context.fillStyle = skin;
  context.fillRect(size * 0.42, size * 0.58, size * 0.16, size * 0.14);
  disc(context, size * 0.5, size * 0.47, size * 0.225, skin);
  disc(context, size * 0.42, size * 0.46, size * 0.022, '#26201c');
  disc(context, size * 0.58, size * 0.46, size * 0.022, '#26201c');
  if (index % 4 === 1) {
    context.strokeStyle = '#26201c';
    context.lineWidth = size * 0.014;
    for (const side of [0.42, 0.58]) {
      context.beginPath();
      context.arc(size * side, size * 0.46, size * 0.065, 0, TURN);
      context.stroke();
    }
  }
  context.strokeStyle = '#26201c';
  context.lineWidth = size * 0.016;
  context.beginPath();
  context.arc(size * 0.5, size * 0.53, size * 0.075, 0.15 * Math.PI, 0.85 * Math.PI);
  context.stroke();
}
