import { CITY_CHANNELS } from './city-channels';
import { MAKER_CHANNELS } from './maker-channels';
import { OUTDOOR_CHANNELS } from './outdoor-channels';
import type { SampleChannel } from './sample-channel';

/** In the order in which they get their numbers: the one to sign in as comes first. */
export const SAMPLE_CHANNELS: readonly SampleChannel[] = [
  ...OUTDOOR_CHANNELS,
  ...MAKER_CHANNELS,
  ...CITY_CHANNELS,
];

/** Posts that are written out: the first of every channel, then the second. */
export const WRITTEN_POSTS = [0, 1, 2].flatMap((round) =>
  SAMPLE_CHANNELS.flatMap(({ posts }, channel) => {
    const post = posts[round];
    return post === undefined ? [] : [{ channel, post }];
  }),
);

/** Further ones tell of a video; `{}` is its title. */
export const NEWS_FORMS = [
  'New: “{}”. Tell me what you think!',
  '“{}” is out. 🎉',
  'Somebody asked for “{}” again, so here it is once more.',
  'नया वीडियो: “{}”',
  'Three weeks of work, ten seconds of video: “{}”.',
] as const;

/** Titles of videos beyond those that are written out; `{}` is a subject of the channel. */
export const TITLE_FORMS = [
  'A closer look at {}',
  '{}: the short version',
  'What I got wrong about {}',
  '{}, one take',
  'Everything about {} in a minute',
  'Questions and answers: {}',
  '{} for beginners',
  'Behind the scenes: {}',
  'Why {} is harder than it looks',
  'My favourite thing about {} ✨',
  '{} | पूरा वीडियो',
  'Revisiting {} after a year',
] as const;

export const DESCRIPTIONS = [
  'You asked for it under the last video, so here it is.',
  'A short one this time. The long version is on its way.',
  'Filmed in one go, with all that went wrong left in.',
  'Notes and corrections are in the first comment.',
  'Part of a series; the playlist has them in order.',
  'Thanks to everybody who sent questions.',
] as const;

/** What fits under any video. */
export const REMARKS = [
  'This made my day, thank you.',
  'Watched it twice. Then sent it to my brother.',
  'How is this channel not bigger?',
  'Short, clear, beautiful. More of these, please!',
  'Came for the thumbnail, stayed for the rest.',
  'The sound is a bit low on my phone, but what a video.',
  'Subscribed after eight seconds. A personal record.',
  'Greetings from São Paulo 🇧🇷',
  'बहुत बढ़िया! अगला भाग कब आएगा?',
  'Does somebody know what is playing in the background?',
  'I did not know that I needed this.',
  'First time here, and I am staying.',
  'That ending ❤️',
  'My favourite one so far.',
  'Can you make a longer version?',
  'The chapter marks are a gift, thank you.',
  'Wow. Just wow.',
  'I have a question about the middle part: was that planned?',
  'Lovely work. The details!',
  'ほんとうに素敵です',
  'Merci, c’était exactement ce que je cherchais.',
  'Back here after a year, still great.',
  'Who else is watching this on a train? 🚆',
  'I disagree with one point, but you made me think.',
  'Please keep the format, it is perfect.',
  'A hidden gem.',
  'Saved to “watch again”.',
  'The colours in this one!',
] as const;

export const REPLIES = [
  'Same here!',
  'Thank you, that means a lot. 🙏',
  'Good question, I will answer it in the next video.',
  'It was not planned at all, to be honest 😅',
  'I thought so too, until the end.',
  'Yes, and it is even better the second time.',
  'Could you say where exactly? I missed it.',
  'सहमत!',
  'Agreed.',
  'The link is in the description.',
  'Welcome!',
  'Ha, I wrote nearly the same comment.',
  'It works in winter, too.',
  'Genau das habe ich auch gedacht.',
  'Not sure about that, but I like the idea.',
  '❤️',
] as const;

/** What is put before a remark where there are more comments than remarks. */
export const OPENERS = [
  '',
  'Honestly: ',
  'Late to this, but ',
  'Again: ',
  '+1. ',
  'Hi all! ',
] as const;

export const FIRST_NAMES = [
  'Aarav',
  'Amelie',
  'Ananya',
  'Anders',
  'Beatriz',
  'Bilal',
  'Chiara',
  'Daniel',
  'Diya',
  'Elif',
  'Emeka',
  'Eva',
  'Farah',
  'Felix',
  'Grace',
  'Hana',
  'Hugo',
  'Ishaan',
  'Jana',
  'Jonas',
  'Kabir',
  'Kenji',
  'Lea',
  'Liam',
  'Lucia',
  'Marta',
  'Mateo',
  'Mei',
  'Milan',
  'Nadia',
  'Noah',
  'Olga',
  'Oscar',
  'Priya',
  'Rafael',
  'Rohan',
  'Sara',
  'Sofia',
  'Tariq',
  'Tomas',
  'Valerie',
  'Wen',
  'Yara',
  'Yusuf',
  'Zoe',
] as const;

export const LAST_NAMES = [
  'Ahmed',
  'Bauer',
  'Chen',
  'Costa',
  'Das',
  'Dubois',
  'Eriksen',
  'Fischer',
  'García',
  'Gupta',
  'Haddad',
  'Ivanova',
  'Jansen',
  'Kaya',
  'Kim',
  'Kowalski',
  'Lindqvist',
  'Mehta',
  'Moreau',
  'Novak',
  'Okafor',
  'Oliveira',
  'Patel',
  'Petrov',
  'Rao',
  'Rossi',
  'Sato',
  'Schmidt',
  'Sharma',
  'Silva',
  'Singh',
  'Tanaka',
  'Vargas',
  'Weber',
  'Yilmaz',
] as const;

export const ABOUT_PEOPLE = [
  '',
  'Here for the comments.',
  'Watching mostly at night.',
  'Coffee, bicycles, long videos.',
  'Student. Procrastinating professionally.',
  'सीखते रहो।',
  'Two cats, one keyboard.',
] as const;

export const PLAYLIST_NAMES = [
  'Sunday evening',
  'To show my family',
  'Background while working',
  'Learn something',
  'Favourites ⭐',
  'For long train rides',
  'कल देखेंगे',
  'Best endings',
] as const;
