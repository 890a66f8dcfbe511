"""Texts that are made of parts of reviews."""

from training.recombine import recombine

REVIEWS = [
    "배송이 빨라서 좋아요 다음에도 여기서 살게요",
    "생각보다 빨라서 놀랐어요 포장도 꼼꼼하네요",
    "색이 사진과 달라서 아쉬워요 그래도 쓸만해요",
    "크기가 작아서 아쉬워요 반품은 귀찮네요",
]


def test_none_is_there_already_and_none_is_made_twice():
    made = recombine(REVIEWS, 60, 1)
    assert len(made) == 60
    assert len({*made, *REVIEWS}) == 64
    assert max(map(len, made)) <= max(map(len, REVIEWS))


def test_each_character_stands_where_some_review_has_it_after_the_two_before():
    """Or after words that were left out, which is where a blank is."""
    seen = {review[i : i + 3] for review in REVIEWS for i in range(len(review) - 2)}
    for text in recombine(REVIEWS, 60, 1):
        assert all(text[i : i + 3] in seen or " " in text[i : i + 3] for i in range(len(text) - 2)), text


def test_some_begin_as_one_review_and_end_as_another():
    assert "배송이 빨라서 놀랐어요 포장도 꼼꼼하네요" in recombine(REVIEWS, 60, 1)


def test_the_same_seed_makes_the_same():
    assert recombine(REVIEWS, 20, 3) == recombine(REVIEWS, 20, 3)
    assert recombine(REVIEWS, 20, 3) != recombine(REVIEWS, 20, 4)


def test_few_texts_make_as_many_as_they_can():
    assert recombine([], 10, 0) == []
    assert recombine(["네"], 10, 0) == []
    made = recombine(["아주 좋은 물건"], 50, 0)
    assert 0 < len(made) < 10
    assert all(set(text.split()) < {"아주", "좋은", "물건"} for text in made)
