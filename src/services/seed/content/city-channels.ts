import type { SampleChannel } from './sample-channel';

export const CITY_CHANNELS: readonly SampleChannel[] = [
  {
    material: 'music',
    username: 'lofi.harbor',
    fullName: 'Lo-fi Harbor',
    description:
      'Beats to moor your ship to. Free to use in your own videos, a link back is kind. 🎧',
    category: 'Music',
    tags: ['lofi', 'beats', 'instrumental'],
    videos: [
      {
        title: 'quiet harbor ☁️ beats to work to',
        description: 'tape hiss, a rhodes, and a foghorn in b flat.',
        tags: ['focus', 'study'],
      },
      {
        title: 'last ferry home 🌙 slow beats',
        description: 'for the way back, on the upper deck.',
        tags: ['chill', 'night'],
      },
      {
        title: 'How I sample a squeaking door',
        description: 'From the hallway to the chorus: pitch, stretch, gate, love.',
        tags: ['sampling', 'production'],
      },
      {
        title: '雨の港 / rain at the pier',
        description: '静かな夜に。 headphones recommended.',
        tags: ['rain', '夜'],
      },
    ],
    subjects: [
      'morning fog',
      'empty tram',
      'paper boats',
      'summer cassette',
      'blue hour',
      'one more coffee',
    ],
    remarks: [
      'Wrote my whole thesis to this. It is about lichens. Thank you.',
      'the door!! I can never unhear it 😂',
      'このメロディ、ずっと聴いていられる',
      'on repeat since the morning, the neighbours know the bassline',
      'May I use it in a short film? Credits, of course.',
    ],
    posts: [
      'finished a track at 4 am, listened at 9 am, deleted it at 9:02. balance. 🎹',
      'which sound of your kitchen should I sample next?',
    ],
  },
  {
    material: 'rain',
    username: 'rain.on.glass',
    fullName: 'Rain on Glass',
    description:
      'Windows, weather, and the city behind them. Ambience for sleeping, reading and staring.',
    category: 'Ambience',
    tags: ['rain', 'ambience', 'sleep'],
    videos: [
      {
        title: 'Rainy night over the old town, no music',
        description: 'Recorded from the fifth floor with two small microphones in one big towel.',
        tags: ['city', 'night'],
      },
      {
        title: 'Thunder far away ⛈️ for deep sleep',
        description: 'The storm stays at the horizon, promised.',
        tags: ['thunder'],
      },
      {
        title: 'A train window in November',
        description: 'Four stations, wet fields, a thermos.',
        tags: ['train', 'autumn'],
      },
    ],
    subjects: [
      'a tin roof',
      'a quiet café',
      'the first snow',
      'a tent in the rain',
      'the library at closing time',
    ],
    remarks: [
      'My dog sleeps to this. He chose it himself.',
      'We live in a desert. You have no idea what this does to me.',
      'Third window from the left is working late again.',
      'Zzz… (five stars)',
    ],
    posts: [
      'Forecast says sun for a week. We are devastated. ☔',
      'New microphones! The towel stays.',
    ],
  },
  {
    material: 'chess',
    username: 'ten.minute.chess',
    fullName: 'Ten-Minute Chess',
    description: 'Draughts, chess and their cousins, explained before your coffee is cold. ♟️',
    category: 'Games',
    tags: ['chess', 'board games'],
    videos: [
      {
        title: 'The quiet move that wins',
        description:
          'Everybody looks at the checks. The winning move is the one that does nothing.',
        tags: ['tactics'],
      },
      {
        title: 'Stop hanging pieces: one habit, two weeks',
        description:
          'Before every move, one question. Say it aloud, the neighbours will get used to it.',
        tags: ['beginners', 'training'],
      },
      {
        title: 'Endspiele, die jeder können muss: Bauer gegen König',
        description: 'Opposition, Quadrat, Schlüsselfelder. Danach ist es leicht.',
        tags: ['endspiel', 'deutsch'],
      },
    ],
    subjects: [
      'pins and forks',
      'the rook lift',
      'time trouble',
      'the seventh rank',
      'trapping a queen',
      'playing with the bishops',
    ],
    remarks: [
      'Rating up 80 points. The neighbours hate me.',
      'I paused, thought for ten minutes, and found the wrong move. Great.',
      'Endlich verstehe ich die Opposition!',
      'Can you look at this line: what if the bishop takes first?',
    ],
    posts: [
      'Puzzle: white moves and regrets it. Find the regret. ♟️',
      'Club night on Thursday, 19:00, beginners welcome, cake guaranteed.',
    ],
  },
  {
    material: 'metro',
    username: 'metro.and.maps',
    fullName: 'Metro & Maps',
    description: 'Why trains are late, how maps lie, and the beauty of a good interchange. 🚇',
    category: 'Education',
    tags: ['trains', 'maps', 'cities'],
    videos: [
      {
        title: 'One delayed train, 40,000 late people',
        description:
          'A whole network in ten seconds. Watch the green line, then watch everybody else.',
        tags: ['metro', 'simulation'],
      },
      {
        title: 'The map is wrong on purpose',
        description: 'Straight lines, equal distances, and the river that was moved twice.',
        tags: ['design', 'history'],
      },
      {
        title: 'Riding every station in one day 🎫',
        description: '214 stations, 17 hours, one sandwich. With the spreadsheet.',
        tags: ['challenge', 'vlog'],
      },
    ],
    subjects: [
      'night buses',
      'the ring line',
      'platform screens',
      'ghost stations',
      'the perfect timetable',
      'trams on grass',
    ],
    remarks: [
      'As a dispatcher: yes. All of it. Every day.',
      'I missed my stop watching this on the green line.',
      'The spreadsheet is the real hero.',
      'Please do Mumbai next! 🇮🇳',
    ],
    posts: [
      'New line opens in spring. I have already planned which seat. 🚇',
      'Spotted: a map from 1974, still hanging, still right.',
    ],
  },
];
