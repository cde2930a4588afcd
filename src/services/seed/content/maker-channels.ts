import type { SampleChannel } from './sample-channel';

export const MAKER_CHANNELS: readonly SampleChannel[] = [
  {
    material: 'code',
    username: 'plain.code',
    fullName: 'Plain Code',
    description: 'Programming without the noise: one idea a week, typed live, mistakes included.',
    category: 'Technology',
    tags: ['programming', 'typescript'],
    videos: [
      {
        title: 'Cursors, not offsets: why page 5000 is slow',
        description:
          'What a database does to skip rows, and the one column that spares it the work.',
        tags: ['databases', 'pagination'],
      },
      {
        title: 'I deleted 4,000 lines and nothing happened',
        description: 'How to find code that nobody needs, and the courage to press the key. 🔥',
        tags: ['refactoring'],
      },
      {
        title: 'Build a tiny text editor in one sitting',
        description: 'Raw mode, a cursor and a list of lines. By the end it can edit itself.',
        tags: ['terminal', 'from scratch'],
      },
      {
        title: 'TypeScript हिंदी में: generics पाँच मिनट में',
        description: 'Generics का डर ख़त्म। एक छोटा उदाहरण, धीरे-धीरे।',
        tags: ['हिंदी', 'generics'],
      },
    ],
    subjects: [
      'binary search',
      'event loops',
      'writing a parser',
      'indexes',
      'race conditions',
      'naming things',
      'unit tests',
    ],
    remarks: [
      'Fifteen years in the trade and nobody had drawn it for me like this.',
      'At 00:06, would a Map not be faster there?',
      'बहुत अच्छे से समझाया, धन्यवाद 🙏',
      'We shipped this on Monday. The query went from 9 s to 4 ms.',
      'The typo you left in made my day.',
    ],
    posts: [
      'Naming poll: is it `userIds`, `idsOfUsers`, or time for a walk?',
      'New video is late because the demo worked at first try and I did not trust it.',
      'कल नया वीडियो: async और await, बिना जादू के।',
    ],
  },
  {
    material: 'kitchen',
    username: 'meera.ki.rasoi',
    fullName: 'मीरा की रसोई',
    description: 'घर का खाना, सीधे तवे से। Home cooking from Jaipur, in Hindi with English notes. 🍛',
    category: 'Food',
    tags: ['recipe', 'indian food', 'खाना'],
    videos: [
      {
        title: 'दाल तड़का ढाबे जैसी | Dal tadka, dhaba style',
        description:
          'सामग्री: अरहर दाल, घी, जीरा, हींग, लहसुन, साबुत लाल मिर्च।\n\nThe tadka goes in last, and the lid goes on at once.',
        tags: ['dal', 'vegetarian'],
      },
      {
        title: 'Perfect rotis: आटा गूँथने का सही तरीका',
        description: 'नरम रोटी का राज़ पानी में है। Rest the dough for twenty minutes, no less.',
        tags: ['roti', 'bread'],
      },
      {
        title: 'Ten-minute chutney for everything 🌶️',
        description: 'Coriander, mint, one green chili (or three).',
        tags: ['chutney', 'quick'],
      },
    ],
    subjects: [
      'masala chai',
      'aloo paratha',
      'lemon pickle',
      'paneer from scratch',
      'khichdi for a rainy day',
      'gajar ka halwa',
    ],
    remarks: [
      'माँ की याद आ गई। बिल्कुल वैसा ही स्वाद बना!',
      'Made it tonight, my flatmates asked for the recipe. I sent them here.',
      'हींग कब डालनी है, तेल में या बाद में?',
      'The sound of the tadka 😍',
      'I am from Finland and my rotis are round now. Almost.',
    ],
    posts: [
      'आज बाज़ार में पहली कैरी दिखी। अचार का मौसम आ गया! 🥭',
      'Question of the week: jaggery or sugar in your chai?',
    ],
  },
  {
    material: 'pottery',
    username: 'clay.and.kiln',
    fullName: 'Clay & Kiln',
    description:
      'A potter in a shed. No talking, only the wheel, the glaze and, now and then, a disaster.',
    category: 'Arts',
    tags: ['pottery', 'handmade', 'asmr'],
    videos: [
      {
        title: 'Throwing a tall vase, no cuts',
        description: 'Three kilos of stoneware. The trick is in the elbows.',
        tags: ['wheel', 'vase'],
      },
      {
        title: 'Opening the kiln: 40 pieces, 3 survivors 😭',
        description: 'A cone that lied, and what I learnt about shelf paper.',
        tags: ['kiln', 'glaze'],
      },
      {
        title: 'Mixing a celadon glaze from scratch',
        description:
          'Recipe in percent below, as every glaze chemist wants it.\nFeldspar 41, silica 28, whiting 18, kaolin 10, iron 1.5, patience the rest.',
        tags: ['glaze', 'celadon'],
      },
    ],
    subjects: [
      'centring clay',
      'pulling handles',
      'raku firing',
      'a set of six bowls',
      'trimming a foot',
      'repairing with gold',
    ],
    remarks: [
      'I forgot to breathe while you pulled the neck.',
      'The three survivors are better than my last three years.',
      'What clay body is this? It holds so well.',
      'My evening ritual. Tea, cat, clay.',
    ],
    posts: [
      'The kiln is at 900 degrees and I am not allowed to look. I am looking.',
      'Shop opens Saturday at ten. Everything has exactly one owner in the world. 🏺',
    ],
  },
  {
    material: 'science',
    username: 'dra.ines',
    fullName: 'Dra. Inés explica',
    description:
      'Física para curiosos. Physics for the curious, half in Spanish, half in waves. 🌊',
    category: 'Education',
    tags: ['physics', 'ciencia'],
    videos: [
      {
        title: '¿Por qué se anulan dos ondas? Interferencia en 8 segundos',
        description:
          'Dos fuentes, una pantalla, cero fórmulas. La explicación completa está en los comentarios.',
        tags: ['ondas', 'interferencia'],
      },
      {
        title: 'The double slit, without the mysticism',
        description: 'What is measured, what is calculated, and what is only told.',
        tags: ['quantum', 'double slit'],
      },
      {
        title: 'Entropía: tu habitación no se ordena sola',
        description: 'Contar estados es todo. Con calcetines.',
        tags: ['entropía', 'termodinámica'],
      },
    ],
    subjects: [
      'resonance',
      'el péndulo',
      'superconductors',
      'la luz polarizada',
      'tides',
      'why the sky is blue',
    ],
    remarks: [
      'Por fin lo entiendo, y tengo 54 años. Gracias, Inés.',
      'Showed it in class today. Twenty-eight silent teenagers, a record.',
      'Could you do the same for gravitational waves?',
      'Los calcetines, el mejor ejemplo de la termodinámica 😂',
    ],
    posts: [
      'Mañana, experimento en directo con hielo seco. Traed guantes. 🧤',
      'A good question from a pupil: what does a wave do when nobody is there to wave back?',
    ],
  },
];
