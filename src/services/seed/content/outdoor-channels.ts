import type { SampleChannel } from './sample-channel';

export const OUTDOOR_CHANNELS: readonly SampleChannel[] = [
  {
    material: 'trails',
    username: 'northern.trails',
    fullName: 'Northern Trails',
    description:
      'Long walks, light packs and the weather as it comes. A new trail every other Friday.\nMaps and packing lists are in the descriptions. 🥾',
    category: 'Travel',
    tags: ['hiking', 'mountains', 'outdoors'],
    videos: [
      {
        title: 'Four passes in three days, alone 🏔️',
        description:
          'The whole round above the tree line: 61 kilometres, four passes, one thunderstorm. Start early, as the afternoons belong to the clouds.\n\n00:00 The car park nobody finds\n00:04 First pass\n00:08 Why I turned back, and then did not',
        tags: ['solo', 'ridge'],
      },
      {
        title: 'Everything in my pack: 6.2 kg for a week',
        description: 'Piece by piece, with weights, and what I left at home this time.',
        tags: ['gear', 'ultralight'],
      },
      {
        title: 'Sunrise from the old fire lookout',
        description: 'Up at three for twelve seconds of light. Worth it every time.',
        tags: ['sunrise', 'timelapse'],
      },
      {
        title: 'How to read a mountain forecast',
        description: 'Wind at the ridge, the zero line, and the one number I never ignore.',
        tags: ['weather', 'safety'],
      },
    ],
    subjects: [
      'the ridge walk',
      'a hut in the snow',
      'the lost valley',
      'river crossings',
      'the old pass road',
      'sleeping in a bivouac',
    ],
    remarks: [
      'I walked this one last June and had fog the whole way. Now I know what I missed.',
      'What boots are those? Mine never survive a scree field.',
      'That light at the end. I had to stop and watch it again.',
      'Did you treat the water from the tarn?',
      'Started hiking because of this channel, three passes so far 🥾',
    ],
    posts: [
      'Snow down to 1,800 m this morning. The season of thermos flasks has begun. ❄️',
      'Which one next: the coastal path or the volcano? The boots are dry again.',
      'Found a glove at the second pass, left hand, red. It is waiting at the hut for you.',
    ],
  },
  {
    material: 'stars',
    username: 'night.sky.diary',
    fullName: 'Night Sky Diary',
    description:
      'One clear night at a time, with a small telescope on a balcony and in the dark of the hills.',
    category: 'Science',
    tags: ['astronomy', 'night sky'],
    videos: [
      {
        title: 'The Perseids in twelve seconds ☄️',
        description:
          'Five hours of sky, 1,100 frames. Counted 73 with the eyes, the camera found 41.',
        tags: ['meteors', 'timelapse'],
      },
      {
        title: 'Your first telescope: what nobody tells you',
        description: 'The mount matters more than the mirror. And buy a chair.',
        tags: ['telescope', 'beginners'],
      },
      {
        title: 'Saturn from a city balcony 🪐',
        description:
          'Street lamps everywhere, and there it is with its ring. Best image of two minutes of video.',
        tags: ['saturn', 'planets'],
      },
    ],
    subjects: [
      'the Andromeda galaxy',
      'star trails',
      'a lunar eclipse',
      'the Orion nebula',
      'double stars',
      'the Milky Way core',
    ],
    remarks: [
      'Clouds here since Tuesday. Thank you for letting me see it anyway.',
      'My daughter asked to stay up for the next one. She is five. We are ready.',
      'Which exposure did you use for the single frames?',
      'The rotation around the pole makes it so clear that it is us who turn.',
    ],
    posts: [
      'Seeing is excellent tonight. If you have a telescope, take it out NOW.',
      'Jupiter and the moon, two fingers apart, at dusk. No equipment needed. 🌙',
    ],
  },
  {
    material: 'ocean',
    username: 'open.ocean',
    fullName: 'Open Ocean',
    description:
      'Two people, eleven metres of old boat, no hurry. Letters from the water since 2019. ⛵',
    category: 'Travel',
    tags: ['sailing', 'sea'],
    videos: [
      {
        title: 'Day 19: nothing but blue',
        description: 'Half way across. We fixed the pump, read two books and saw one ship.',
        tags: ['atlantic', 'crossing'],
      },
      {
        title: 'What it costs to live on a boat (honest numbers)',
        description:
          'Twelve months of receipts on one table. The expensive part is not what you think.',
        tags: ['living aboard', 'budget'],
      },
      {
        title: 'Sonnenuntergang vor den Azoren 🌅',
        description: 'Kein Wort, nur das Wasser. Mit Kopfhörern am besten.',
        tags: ['azoren', 'ruhe'],
      },
    ],
    subjects: [
      'a night watch',
      'the green flash',
      'anchoring in the rain',
      'baking bread at sea',
      'repairing a sail',
      'whales at dawn',
    ],
    remarks: [
      'I watch these at lunch in an office without windows. Please never stop.',
      'How do you sleep in that swell?',
      'Fair winds from Brest! We leave in May.',
      'Wunderschön. Ich will sofort los.',
    ],
    posts: [
      'Land ho! Tomatoes, post, and a shower with warm water.',
      'Barometer is falling, second anchor is out, soup is on. ⚓',
    ],
  },
  {
    material: 'garden',
    username: 'small.garden',
    fullName: 'A Small Garden',
    description:
      'Four square metres of balcony, and what grows there. Slow videos for slow plants. 🌱',
    category: 'Home',
    tags: ['garden', 'balcony', 'plants'],
    videos: [
      {
        title: 'From seed to flower in eleven seconds 🌸',
        description:
          'One picture an hour for nine weeks. The wind in the middle was the storm of the 14th.',
        tags: ['timelapse', 'flowers'],
      },
      {
        title: 'Tomatoes on a balcony: the five mistakes I made',
        description: 'Pots too small, water too late, and three more that you need not repeat.',
        tags: ['tomatoes', 'beginners'],
      },
      {
        title: 'Compost without a smell, even in a flat',
        description: 'A box, dry leaves, patience.',
        tags: ['compost', 'zero waste'],
      },
    ],
    subjects: [
      'growing basil',
      'saving seeds',
      'bees on the balcony',
      'strawberries in a gutter',
      'winter salad',
      'repotting an olive tree',
    ],
    remarks: [
      'My basil dies when I look at it. Yours waves at the camera.',
      'I made all five mistakes in one summer. There is hope then.',
      'Does the compost box work in winter?',
      'The petals opening, I gasped.',
    ],
    posts: [
      'First bee of the year at 11:42. It looked tired and stayed for a while. 🐝',
      'Swap day on Sunday: I bring chili seedlings and take whatever you have too much of.',
    ],
  },
];
