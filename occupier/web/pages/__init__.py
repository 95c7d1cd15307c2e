"""The pages that one reads: what a newsroom asks, the register, one article, and how everything stands."""

from starlette.routing import Route

from occupier.web.pages.article import article
from occupier.web.pages.overview import overview
from occupier.web.pages.register import register
from occupier.web.pages.standing import accounts, feeds, strikes
from occupier.web.pages.style import cards_style
from occupier.web.pages.to_do import to_do
from occupier.web.pages.unannounced import handed_over, unannounced
from occupier.web.pages.waiting import to_check

PAGES = [
    Route("/", overview, name="overview"),
    Route("/register", register, name="register"),
    Route("/articles/{id:int}", article, name="article"),
    Route("/check", to_check, name="check"),
    Route("/to-do", to_do, name="to-do"),
    Route("/strikes", strikes, name="strikes"),
    Route("/strikes/{name}/unannounced", unannounced, name="unannounced"),
    Route("/strikes/{name}/unannounced.{form}", handed_over, name="handed-over"),
    Route("/accounts", accounts, name="accounts"),
    Route("/feeds", feeds, name="feeds"),
    Route("/static/cards.css", cards_style, name="cards-style"),
]
"""Pages: addresses stay good, and filters stand in them."""
