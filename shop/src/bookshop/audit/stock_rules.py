"""Stock: what came in, is held and is sold, and the orders that it is held for and sold to."""

from bookshop.audit.rule import Rule

RULES = (
    Rule(
        "stock-not-negative",
        "No count of a book is negative, and no more is held and sold than came in.",
        """
        SELECT book_id AS book, received, held, sold FROM stock
        WHERE received < 0 OR held < 0 OR sold < 0 OR held + sold > received""",
    ),
    Rule(
        "stock-adds-up",
        "What a book's counts say is the sum of what came in, is held and was sold.",
        """
        SELECT s.book_id AS book, s.received, coalesce(r.copies, 0) AS receipts, s.held,
               coalesce(h.held, 0) AS holds, s.sold, coalesce(h.sold, 0) AS sales
        FROM stock s
        LEFT JOIN (SELECT book_id, sum(copies) AS copies FROM stock_receipts GROUP BY 1) r USING (book_id)
        LEFT JOIN (SELECT book_id, sum(quantity) FILTER (WHERE state = 'held') AS held,
            sum(quantity) FILTER (WHERE state = 'sold') AS sold FROM stock_holds GROUP BY book_id
        ) h USING (book_id)
        WHERE s.received <> coalesce(r.copies, 0) OR s.held <> coalesce(h.held, 0)
           OR s.sold <> coalesce(h.sold, 0)""",
    ),
    Rule(
        "one-sale-a-line",
        "Each line of an order has its hold of a counted book, of the same quantity, sold while it is paid "
        "and not called off.",
        """
        SELECT o.id AS "order", o.state, l.book_id AS book, l.quantity, h.quantity AS held, h.state AS hold
        FROM audited o
        JOIN (SELECT order_id, book_id, sum(quantity) AS quantity FROM order_lines GROUP BY 1, 2) l
            ON l.order_id = o.id
        JOIN (SELECT book_id, min(at) AS since FROM stock_receipts GROUP BY book_id) counted
            ON counted.book_id = l.book_id
        LEFT JOIN stock_holds h ON h.order_id = o.id AND h.book_id = l.book_id
        -- An order that was placed while its book's first copies came in may have seen none.
        WHERE (h.order_id IS NULL AND o.created_at > counted.since + interval '10 seconds')
           OR h.quantity <> l.quantity
           OR (o.state IN ('paid', 'shipped')
               AND h.state <> CASE WHEN o.called_off_at IS NULL THEN 'sold' ELSE 'released' END)""",
    ),
    Rule(
        "holds-end",
        "No copies are held or sold for an order that was given up, none sold for one that is not paid.",
        """
        SELECT o.id AS "order", o.state, h.book_id AS book, h.quantity, h.state AS hold
        FROM stock_holds h LEFT JOIN orders o ON o.id = h.order_id
        WHERE o.id IS NULL
           OR (o.state IN ('canceled', 'expired') AND h.state <> 'released')
           OR (o.state IN ('awaiting_payment', 'processing') AND h.state <> 'held')""",
    ),
)
